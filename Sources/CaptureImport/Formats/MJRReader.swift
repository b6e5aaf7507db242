internal import CaptureLog
internal import FoundationEssentials

/// Reads the recordings of the Janus WebRTC server.
///
/// A file is a header, then frames. Every one begins with 8 bytes, of which the last four of a frame
/// are its arrival in milliseconds since the first frame (`MEET`, version 2) or part of the word
/// (`MEETECHO`, version 1), and a big-endian 16-bit length. The header is JSON, or in the oldest
/// files the word `audio` or `video`.
struct MJRReader {
  private(set) var position: Int64
  /// What the header says of the recording.
  let header: Header

  struct Header: Equatable {
    /// Frames carry their arrival.
    var hasArrivals: Bool
    /// When the first frame arrived, in nanoseconds since the Unix epoch; nil in the oldest files.
    var start: Int64?
    /// The payload type of redundant audio (RFC 2198), which is not Opus by itself.
    var redundantPayloadType: UInt8?
  }

  /// The bytes in front of each header and frame.
  private static let prefix = 10

  /// Reads the header; throws `.invalid` for damage, and for recordings of anything but Opus.
  init(_ window: inout SourceWindow) throws(CaptureError) {
    guard try window.load(Self.prefix, at: 0) else { throw Self.damagedHeader }
    let (isJSON, version, length) = window.withBytes(at: 0, count: Self.prefix) { bytes in
      (bytes[1] == UInt8(ascii: "J"), bytes[7], Int(bytes.uint16(at: 8)))
    }
    guard try window.load(length, at: Int64(Self.prefix)) else { throw Self.damagedHeader }
    let text = window.withBytes(at: Int64(Self.prefix), count: length) { bytes in
      (0..<bytes.count).map { bytes[$0] }
    }
    position = Int64(Self.prefix + length)
    guard isJSON else {
      guard text == Array("audio".utf8) else {
        throw Self.notOpus(String(decoding: text, as: UTF8.self))
      }
      header = Header(hasArrivals: false)
      return
    }
    guard version == UInt8(ascii: "1") || version == UInt8(ascii: "2") else {
      throw CaptureError(
        .invalid, "a Janus recording of an unknown version (byte \(version) in place of 1 or 2)")
    }
    let json: JSONHeader
    do {
      json = try JSONDecoder().decode(JSONHeader.self, from: Data(text))
    } catch {
      throw Self.damagedHeader
    }
    guard json.t == "a", json.c == "opus" else { throw Self.notOpus("\(json.t)/\(json.c)") }
    guard json.e != true else {
      throw CaptureError(.invalid, "the Janus recording is end-to-end encrypted")
    }
    header = Header(
      hasArrivals: version == UInt8(ascii: "2"),
      start: json.start.flatMap { Self.nanoseconds(microseconds: $0) },
      redundantPayloadType: json.or.flatMap { UInt8(exactly: $0) })
  }

  mutating func next(_ window: inout SourceWindow) throws(CaptureError) -> SourceItem? {
    guard position < window.size else { return nil }
    let frame = position
    guard let length = try frameLength(at: frame, in: &window) else {
      position = try nextFrame(after: frame, before: window.size, in: &window)
      return .damage(frame..<position)
    }
    if try !endsSoundly(frame, length, in: &window) {
      // Either the next frame's first word is damaged, or this one's length.
      let end = min(frame + Int64(Self.prefix + length), window.size)
      let next = try nextFrame(after: frame, before: end, in: &window)
      guard next >= end, try window.load(Self.prefix + length, at: frame) else {
        position = next
        return .damage(frame..<position)
      }
    }
    let payload = frame + Int64(Self.prefix)
    position = payload + Int64(length)
    let time: Int64? =
      header.hasArrivals
      ? window.withBytes(at: frame, count: Self.prefix) { bytes in
        let arrival = Int64(bytes.uint32(at: 4)) * 1_000_000
        return (header.start ?? 0).addingReportingOverflow(arrival).partialValue
      } : nil
    return .datagram(SourceDatagram(time: time, flow: .unknown, offset: payload, count: length))
  }

  /// The length behind a frame's first word, or nil where no frame begins.
  private func frameLength(
    at offset: Int64, in window: inout SourceWindow
  ) throws(CaptureError) -> Int? {
    guard try window.load(Self.prefix, at: offset) else { return nil }
    return window.withBytes(at: offset, count: Self.prefix) { bytes in
      let isFrame =
        header.hasArrivals ? bytes.starts(with: "MEET") : bytes.starts(with: "MEETECHO")
      return isFrame ? Int(bytes.uint16(at: 8)) : nil
    }
  }

  /// Where reading can go on: the next frame that holds RTP and ends with the file or where another
  /// frame begins; `limit` if none begins before it.
  private func nextFrame(
    after offset: Int64, before limit: Int64, in window: inout SourceWindow
  ) throws(CaptureError) -> Int64 {
    var offset = offset + 1
    while offset < limit {
      let count = Int(min(Int64(1 << 16), window.size - offset))
      guard try window.load(count, at: offset) else { return limit }
      let found = window.withBytes(at: offset, count: count) { bytes in
        (0..<bytes.count).first { bytes.starts(with: "MEET", at: $0) }
      }
      guard let found else {
        // The word may begin in the last three bytes.
        offset += Int64(max(count - 3, 1))
        continue
      }
      offset += Int64(found)
      if offset < limit, try isSoundFrame(at: offset, in: &window) { return offset }
      offset += 1
    }
    return limit
  }

  private func isSoundFrame(
    at offset: Int64, in window: inout SourceWindow
  ) throws(CaptureError) -> Bool {
    guard let length = try frameLength(at: offset, in: &window), length >= 12,
      try endsSoundly(offset, length, in: &window)
    else { return false }
    return window.withBytes(at: offset + Int64(Self.prefix), count: 1) { $0[0] >> 6 == 2 }
  }

  /// Whether a frame ends with the file, or where another one begins; its bytes are in the window.
  private func endsSoundly(
    _ frame: Int64, _ length: Int, in window: inout SourceWindow
  ) throws(CaptureError) -> Bool {
    let count = Self.prefix + length
    let end = frame + Int64(count)
    guard try window.load(end < window.size ? count + 1 : count, at: frame) else { return false }
    guard end < window.size else { return true }
    return window.withBytes(at: end, count: 1) { $0[0] == UInt8(ascii: "M") }
  }

  private static func nanoseconds(microseconds: Int64) -> Int64? {
    let (value, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
    return overflow ? nil : value
  }

  private static let damagedHeader = CaptureError(
    .invalid, "a Janus recording with a damaged header")

  private static func notOpus(_ what: String) -> CaptureError {
    // The words come from the file: keep them short and harmless on a terminal.
    let what = what.unicodeScalars.prefix(32).map { scalar in
      scalar.isASCII && scalar.properties.isXIDContinue || "/-".unicodeScalars.contains(scalar)
        ? Character(scalar) : "?"
    }
    return CaptureError(.invalid, "a Janus recording of \(String(what)), not of Opus audio")
  }
}

/// The header's JSON object, with Janus' names.
private struct JSONHeader: Decodable {
  /// `a` is audio.
  var t: String
  var c: String
  /// Microseconds since the Unix epoch: when the recording was created, and its first frame written.
  var s: Int64?
  var u: Int64?
  var e: Bool?
  var or: Int?

  var start: Int64? { u ?? s }
}

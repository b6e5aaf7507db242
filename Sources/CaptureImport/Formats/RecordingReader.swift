internal import CaptureLog

/// The recordings that can be imported.
package enum ImportFormat: String, Sendable, Codable {
  /// Janus recordings: one RTP stream without addresses.
  case mjr
  /// libpcap's format: any number of streams on a network.
  case pcap
  /// Its successor (draft-ietf-opsawg-pcapng), also the format of our own segments.
  case pcapng
}

/// Reads any recording, told by its first bytes.
enum RecordingReader {
  case mjr(MJRReader)
  case pcap(PcapReader)
  case pcapng(PcapngReader)

  /// Throws `.invalid` when the source is none of the formats, or holds no audio.
  init(detecting window: inout SourceWindow) throws(CaptureError) {
    // The longest of the signatures, or all there is.
    let count = Int(min(8, window.size))
    guard try window.load(count, at: 0) else {
      throw CaptureError(.invalid, "the recording cannot be read")
    }
    let signature = window.withBytes(at: 0, count: count) { Signature($0) }
    switch signature {
    case .mjr: self = .mjr(try MJRReader(&window))
    case .pcap: self = .pcap(try PcapReader(&window))
    case .pcapng: self = .pcapng(PcapngReader())
    case .compressed(let program):
      throw CaptureError(.invalid, "the recording is compressed: run \(program) first")
    case .unknown:
      throw CaptureError(.invalid, "no Janus (.mjr), pcap or pcapng recording")
    }
  }

  var format: ImportFormat {
    switch self {
    case .mjr: .mjr
    case .pcap: .pcap
    case .pcapng: .pcapng
    }
  }

  /// The offset that has been read up to.
  var position: Int64 {
    switch self {
    case .mjr(let reader): reader.position
    case .pcap(let reader): reader.position
    case .pcapng(let reader): reader.position
    }
  }

  /// The next item; its bytes are in the window until the next call. Nil at the end.
  mutating func next(_ window: inout SourceWindow) throws(CaptureError) -> SourceItem? {
    switch self {
    case .mjr(var reader):
      defer { self = .mjr(reader) }
      return try reader.next(&window)
    case .pcap(var reader):
      defer { self = .pcap(reader) }
      return try reader.next(&window)
    case .pcapng(var reader):
      defer { self = .pcapng(reader) }
      return try reader.next(&window)
    }
  }
}

/// The first bytes of a file.
private enum Signature {
  case mjr, pcap, pcapng, unknown
  /// Compressed by this program.
  case compressed(String)

  init(_ bytes: Span<UInt8>) {
    if bytes.starts(with: "MJR0000") || bytes.starts(with: "MEETECHO") {
      self = .mjr
      return
    }
    guard bytes.count >= 4 else {
      self = .unknown
      return
    }
    self =
      switch bytes.uint32(at: 0) {
      case 0x0A0D_0D0A: .pcapng
      case 0x28B5_2FFD: .compressed("unzstd")
      case let magic where PcapReader.Layout(magic: magic) != nil: .pcap
      case let magic where magic >> 16 == 0x1F8B: .compressed("gunzip")
      default: .unknown
      }
  }
}

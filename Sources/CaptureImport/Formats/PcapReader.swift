internal import CaptureLog

/// Reads the files of libpcap (draft-ietf-opsawg-pcap).
struct PcapReader {
  private(set) var position: Int64 = 24
  private let layout: Layout
  private let linkType: UInt32

  /// What the first word tells.
  struct Layout: Equatable {
    var isBigEndian: Bool
    var hasNanoseconds: Bool
    var recordHeader: Int

    /// The layout for a word read big-endian; nil when it is none of libpcap's.
    init?(magic: UInt32) {
      let native = magic.byteSwapped
      let known: [UInt32: (Bool, Int)] = [
        0xA1B2_C3D4: (false, 16), 0xA1B2_3C4D: (true, 16),
        // A patched libpcap of the nineties, with 8 bytes more a record.
        0xA1B2_CD34: (false, 24),
      ]
      if let (nanoseconds, header) = known[magic] {
        (isBigEndian, hasNanoseconds, recordHeader) = (true, nanoseconds, header)
      } else if let (nanoseconds, header) = known[native] {
        (isBigEndian, hasNanoseconds, recordHeader) = (false, nanoseconds, header)
      } else {
        return nil
      }
    }
  }

  /// No sound record is longer (libpcap's MAXIMUM_SNAPLEN).
  static let longestFrame = 262_144

  init(_ window: inout SourceWindow) throws(CaptureError) {
    let invalid = CaptureError(.invalid, "a pcap file with a damaged header")
    guard try window.load(24, at: 0) else { throw invalid }
    let header = window.withBytes(at: 0, count: 24) { bytes -> (Layout, UInt32)? in
      guard let layout = Layout(magic: bytes.uint32(at: 0)),
        bytes.uint16(at: 4, bigEndian: layout.isBigEndian) == 2
      else { return nil }
      // The upper bits tell of frame check sequences, which are behind the IP packet.
      return (layout, bytes.uint32(at: 20, bigEndian: layout.isBigEndian) & 0xFFFF)
    }
    guard let (layout, linkType) = header else { throw invalid }
    self.layout = layout
    self.linkType = linkType
  }

  mutating func next(_ window: inout SourceWindow) throws(CaptureError) -> SourceItem? {
    guard position < window.size else { return nil }
    let record = position
    guard try window.load(layout.recordHeader, at: record) else {
      return rest(window, from: record)
    }
    let (seconds, fraction, length) = window.withBytes(at: record, count: 16) { bytes in
      (
        bytes.uint32(at: 0, bigEndian: layout.isBigEndian),
        bytes.uint32(at: 4, bigEndian: layout.isBigEndian),
        Int(bytes.uint32(at: 8, bigEndian: layout.isBigEndian))
      )
    }
    let frame = record + Int64(layout.recordHeader)
    // Nothing marks the next record: after a wrong length the rest cannot be read.
    guard length <= Self.longestFrame, try window.load(length, at: frame) else {
      return rest(window, from: record)
    }
    position = frame + Int64(length)
    // At most 4.3e18.
    let time =
      Int64(seconds) * 1_000_000_000 + Int64(fraction) * (layout.hasNanoseconds ? 1 : 1000)
    return SourceItem(
      frameAt: frame, count: length, linkType: linkType, time: time, in: window)
  }

  private mutating func rest(
    _ window: borrowing SourceWindow, from record: Int64
  ) -> SourceItem {
    position = window.size
    return .damage(record..<position)
  }
}

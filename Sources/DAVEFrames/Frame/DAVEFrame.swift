/// The layout of one end-to-end encrypted frame (DAVE protocol version 1).
///
/// From the front: the body, an 8-byte tag, the counter, the body's unencrypted ranges as pairs of
/// offset and length, one byte that counts everything behind the body, and the marker FA FA.
package struct DAVEFrame: Equatable, Sendable {
  /// A part of the body that codecs need in the clear. Opus has none.
  package struct Range: Equatable, Sendable {
    package var offset: Int
    package var length: Int

    package init(offset: Int, length: Int) {
      self.offset = offset
      self.length = length
    }

    var end: Int { offset + length }
  }

  static let marker: UInt8 = 0xFA
  static let tagLength = 8
  /// Tag, counter of one byte, size and marker.
  static let shortestFooter = 12
  private static let silence: [3 of UInt8] = [0xF8, 0xFF, 0xFE]

  /// Bytes in front of the tag.
  package let bodyLength: Int
  /// The sender's frame counter; its top byte is the key's generation.
  package let counter: UInt32
  /// Ascending, without overlap, within the body.
  package let unencryptedRanges: [Range]

  /// Whether the frame ends in the marker, as every encrypted one does.
  package static func looksEncrypted(_ frame: Span<UInt8>) -> Bool {
    frame.count >= 2 && frame[frame.count - 1] == marker && frame[frame.count - 2] == marker
  }

  /// Whether this is the 3-byte Opus silence that servers and some clients send unencrypted.
  package static func isSilence(_ frame: Span<UInt8>) -> Bool {
    frame.count == 3 && frame[0] == silence[0] && frame[1] == silence[1] && frame[2] == silence[2]
  }

  /// Reads the footer of a frame.
  ///
  /// - Throws: ``DAVEFrameError/notDAVE`` or ``DAVEFrameError/malformed``.
  package init(parsing frame: Span<UInt8>) throws(DAVEFrameError) {
    guard Self.looksEncrypted(frame) else { throw .notDAVE }
    guard frame.count >= Self.shortestFooter else { throw .malformed }
    let footerLength = Int(frame[frame.count - 3])
    guard footerLength >= Self.shortestFooter, footerLength <= frame.count else {
      throw .malformed
    }
    bodyLength = frame.count - footerLength
    let end = frame.count - 3
    var offset = bodyLength + Self.tagLength
    guard let counter = ULEB128.read(frame, at: &offset, before: end) else { throw .malformed }
    self.counter = counter
    var ranges: [Range] = []
    var last = 0
    while offset < end {
      guard let start = ULEB128.read(frame, at: &offset, before: end),
        let length = ULEB128.read(frame, at: &offset, before: end)
      else { throw .malformed }
      let range = Range(offset: Int(start), length: Int(length))
      guard range.offset >= last, range.end <= bodyLength else { throw .malformed }
      last = range.end
      ranges.append(range)
    }
    unencryptedRanges = ranges
  }
}

internal import ArgumentParser

/// One of n equal parts of a list of captures: `i/n`, i from 0.
///
/// The part goes by a fixed hash of the capture's id, never by its line, so a longer list does not
/// move captures that were there before.
struct Shard: ExpressibleByArgument, Equatable {
  var index: UInt64
  var count: UInt64

  init(index: UInt64, count: UInt64) {
    self.index = index
    self.count = count
  }

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = UInt64(parts[0]), let count = UInt64(parts[1]),
      index < count
    else { return nil }
    self.init(index: index, count: count)
  }

  func contains(_ captureID: String) -> Bool { Self.hash(captureID) % count == index }

  /// FNV-1a, 64 bits, over the UTF-8 bytes.
  static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}

/// A frame's counter with the whole number of its generation, of which the wire has 8 bits.
struct FrameCounter: Equatable, Sendable {
  private static let countBits: UInt64 = 24

  var generation: UInt64
  /// The lower 24 bits.
  var count: UInt32

  init(generation: UInt64, count: UInt32) {
    self.generation = generation
    self.count = count
  }

  /// The counter a frame carries: its generation is the first, not before `oldest`, with that byte.
  init(wire: UInt32, oldest: UInt64) {
    let byte = UInt64(wire >> 24)
    let turn = oldest / 256 + (byte < oldest % 256 ? 1 : 0)
    self.init(generation: turn * 256 + byte, count: wire & 0xFF_FFFF)
  }

  /// Counts up over all generations.
  var position: UInt64 { generation << Self.countBits | UInt64(count) }

  var wire: UInt32 {
    UInt32(truncatingIfNeeded: generation & 0xFF) << 24 | count
  }

  /// The counter of the next frame.
  var next: FrameCounter {
    count < 0xFF_FFFF
      ? FrameCounter(generation: generation, count: count + 1)
      : FrameCounter(generation: generation + 1, count: 0)
  }
}

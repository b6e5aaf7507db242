/// How fast the capture grows, over the last minute or so; pure.
struct WriteRate: Sendable {
  private static let span: Int64 = 30_000_000_000

  private var start: (time: Int64, bytes: UInt64)?
  private(set) var bytesPerSecond: Int64 = 0

  mutating func add(_ bytes: UInt64, at now: Int64) {
    guard let start, bytes >= start.bytes, now >= start.time else {
      self.start = (now, bytes)
      return
    }
    let elapsed = now &- start.time
    guard elapsed >= Self.span else { return }
    let grown = Int64(clamping: bytes &- start.bytes)
    bytesPerSecond = min(grown / max(1, elapsed / 1_000_000_000), 1 << 30)
    self.start = (now, bytes)
  }
}

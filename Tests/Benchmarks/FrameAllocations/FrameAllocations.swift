internal import DAVEFrames

/// Opens so many frames of one sender, with a part in the clear or without: what is allocated for
/// one more frame is the difference of two runs.
///
///     FrameAllocations COUNT [ranges]
@main
enum FrameAllocations {
  static func main() throws {
    let count = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 0
    let hasRanges = CommandLine.arguments.contains("ranges")
    let secret = [UInt8](repeating: 7, count: 16)
    let plaintext = [UInt8](repeating: 5, count: 120)
    let ranges = hasRanges ? [DAVEFrame.Range(offset: 0, length: 2)] : []
    // As many whatever the count, so that only the opening differs.
    var sealer = try FrameSealer(baseSecret: secret)
    var frames: [[UInt8]] = []
    for _ in 0..<20_000 {
      var frame: [UInt8] = []
      try sealer.seal(plaintext.span, unencryptedRanges: ranges, into: &frame)
      frames.append(frame)
    }
    var ring = KeyRing()
    ring.install(
      FrameEpoch(connection: 0, incarnation: 0, epoch: 1), secrets: [1: secret], at: 0)
    var output: [UInt8] = []
    var opened = 0
    for frame in frames.prefix(count) {
      do throws(FrameFailure) {
        _ = try ring.open(frame.span, from: 1, allowingPlaintext: false, into: &output)
        opened += 1
      } catch {
        continue
      }
    }
    print(opened)
  }
}

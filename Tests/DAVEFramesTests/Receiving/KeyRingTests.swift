import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import DAVEFrames

@Suite("Keys of a call")
struct KeyRingTests {
  private static let second: Int64 = 1_000_000_000

  private func epoch(_ number: UInt64, incarnation: UInt32 = 0) -> FrameEpoch {
    FrameEpoch(connection: 0, incarnation: incarnation, epoch: number)
  }

  private func secret(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 16) }

  @Test("frames of every kept epoch open, in any order, each once")
  func epochs() throws {
    var ring = KeyRing()
    var frames: [(FrameEpoch, [UInt8])] = []
    for number in 1...4 as ClosedRange<UInt8> {
      ring.install(epoch(UInt64(number)), secrets: [7: secret(number)], at: 0)
      var sealer = try FrameSealer(baseSecret: secret(number))
      for frame in 0..<50 as Range<UInt8> {
        frames.append((epoch(UInt64(number)), try sealer.sealed([number, frame])))
      }
    }
    var random = SplitMix64(seed: 1)
    frames.shuffle(using: &random)
    for (expected, frame) in frames {
      #expect(try ring.opened(frame, from: 7) == .encrypted(expected))
    }
    // The counters were used in all epochs: which of them is a replay only the tag tells.
    for (_, frame) in frames {
      #expect(throws: FrameFailure.replay) { try ring.opened(frame, from: 7) }
      var damaged = frame
      damaged[0] ^= 1
      #expect(throws: FrameFailure.badTag) { try ring.opened(damaged, from: 7) }
    }
  }

  @Test("why a frame does not open is told apart")
  func failures() throws {
    var ring = KeyRing()
    var sealer = try FrameSealer(baseSecret: secret(1))
    let frame = try sealer.sealed([1, 2, 3])
    #expect(throws: FrameFailure.noEpoch) { try ring.opened(frame, from: 7) }
    ring.install(epoch(1), secrets: [7: secret(1), 8: secret(2)], at: 0)
    #expect(throws: FrameFailure.badTag) { try ring.opened(frame, from: 8) }
    #expect(throws: FrameFailure.noEpoch) { try ring.opened(frame, from: 9) }
    #expect(try ring.opened(frame, from: 7) == .encrypted(epoch(1)))
    #expect(throws: FrameFailure.badTag) {
      try ring.opened([UInt8](repeating: 0xFA, count: 11), from: 7)
    }
    // RTP padding that was not taken off hides the marker.
    #expect(throws: FrameFailure.notDAVE) { try ring.opened(frame + [0, 0, 3], from: 7) }
  }

  @Test("plaintext passes when the caller says so, silence always, of anybody")
  func plaintext() throws {
    var ring = KeyRing()
    let opus: [UInt8] = [0xFC, 1, 2, 3]
    #expect(throws: FrameFailure.notDAVE) { try ring.opened(opus, from: 7) }
    #expect(throws: FrameFailure.notDAVE) { try ring.opened([], from: 7) }
    #expect(try ring.opened(opus, from: 7, allowingPlaintext: true) == .plaintext)
    #expect(try ring.opened([0xF8, 0xFF, 0xFE], from: 7) == .silence)
    // What looks encrypted and does not open is never passed through.
    let forged = opus + [UInt8](repeating: 0, count: 9) + [12, 0xFA, 0xFA]
    #expect(throws: FrameFailure.noEpoch) {
      try ring.opened(forged, from: 7, allowingPlaintext: true)
    }
  }

  @Test("an epoch stays for op 22 + 30 s, and the last four for ever")
  func retention() {
    var ring = KeyRing()
    for number in 1...6 as ClosedRange<UInt64> {
      ring.install(epoch(number), secrets: [7: secret(UInt8(number))], at: 0)
    }
    // Without op 22 nothing goes.
    ring.prune(at: 1_000 * Self.second)
    #expect(ring.keptEpochs.map(\.epoch) == [1, 2, 3, 4, 5, 6])
    ring.retire(before: epoch(6), at: 1_000 * Self.second)
    ring.prune(at: 1_030 * Self.second - 1)
    #expect(ring.keptEpochs.count == 6)
    ring.prune(at: 1_030 * Self.second)
    #expect(ring.keptEpochs.map(\.epoch) == [3, 4, 5, 6])
    // Another group begins at 1 and is later all the same.
    ring.install(epoch(1, incarnation: 1), secrets: [7: secret(9)], at: 1_040 * Self.second)
    #expect(ring.keptEpochs.map(\.epoch) == [4, 5, 6, 1])
  }

  @Test("an epoch that is installed again keeps what it has seen")
  func again() throws {
    var ring = KeyRing()
    var sealer = try FrameSealer(baseSecret: secret(1))
    let frame = try sealer.sealed([1])
    ring.install(epoch(1), secrets: [7: secret(1)], at: 0)
    #expect(try ring.opened(frame, from: 7) == .encrypted(epoch(1)))
    ring.install(epoch(1), secrets: [7: secret(1)], at: 0)
    #expect(throws: FrameFailure.replay) { try ring.opened(frame, from: 7) }
    #expect(ring.keptEpochs.count == 1)
  }

  @Test("no flood of epochs fills the memory, and those who left are forgotten")
  func bounded() throws {
    var ring = KeyRing()
    for number in 1...1000 as ClosedRange<UInt64> {
      ring.install(epoch(number), secrets: [number: secret(1)], at: 0)
    }
    #expect(ring.keptEpochs.count == KeyRing.mostEpochs)
    var sealer = try FrameSealer(baseSecret: secret(1))
    let frame = try sealer.sealed([1])
    #expect(throws: FrameFailure.noEpoch) { try ring.opened(frame, from: 1) }
    #expect(try ring.opened(frame, from: 1000) == .encrypted(epoch(1000)))
  }
}

extension KeyRing {
  mutating func opened(
    _ frame: [UInt8], from sender: UInt64, allowingPlaintext: Bool = false
  ) throws(FrameFailure) -> OpenedFrame {
    var output: [UInt8] = [1]
    return try open(
      frame.span, from: sender, allowingPlaintext: allowingPlaintext, into: &output)
  }
}

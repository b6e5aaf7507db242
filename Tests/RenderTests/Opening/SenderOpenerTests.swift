internal import CaptureLog
internal import CaptureSynthesis
internal import DAVEFrames
import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import Render

/// Which of a sender's keys opens a frame, and what is counted when none does.
@Suite struct SenderOpenerTests {
  private static let second: Int64 = 1_000_000_000

  private static func secret(_ epoch: UInt64) -> [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: epoch >> (8 * ($0 % 8))) ^ UInt8($0) }
  }

  private static func key(_ epoch: UInt64, at time: Int64) -> RenderKeys.Sender {
    RenderKeys.Sender(
      time: time, connection: 0, incarnation: 0, epoch: epoch,
      secret: SecretBytes(secret(epoch)))
  }

  /// Epochs 1... that begin every so many seconds, and the opener of them.
  private static func opener(
    _ count: UInt64, every interval: Int64, withEvents: Bool = true
  ) -> SenderOpener {
    var times = EpochTimes()
    for epoch in 1...count where withEvents {
      let begin = Int64(epoch) * interval * second
      let event = DAVEEpochEvent(
        connection: 0, incarnation: 0, epoch: epoch, transition: 1, origin: "commit", members: 2)
      times.take(CaptureEvent(event, time: begin), at: begin)
      let executed = DAVETransitionEvent(
        connection: 0, incarnation: 0, epoch: epoch, transition: 1,
        state: DAVETransitionEvent.executed)
      times.take(CaptureEvent(executed, time: begin + second), at: begin + second)
    }
    return SenderOpener(
      (1...count).map { key($0, at: Int64($0) * interval * second) },
      windows: EpochWindows(times))
  }

  private static func open(
    _ opener: SenderOpener, _ frame: [UInt8], at seconds: Int64
  ) -> (SenderOpener.Outcome, [UInt8]) {
    var output: [UInt8] = []
    let outcome = opener.open(
      frame.span, connection: 0, at: seconds * second, into: &output)
    return (outcome, output)
  }

  private static func frames(_ epoch: UInt64, _ count: Int) throws -> [[UInt8]] {
    var sealer = try FrameSealer(baseSecret: secret(epoch))
    return try (0..<count).map { index in
      var frame: [UInt8] = []
      try sealer.seal([UInt8(truncatingIfNeeded: index), 7, 7].span, into: &frame)
      return frame
    }
  }

  @Test("a frame opens whatever its time and order, once an epoch", arguments: [true, false])
  func anyOrder(withEvents: Bool) throws {
    let opener = Self.opener(20, every: 60, withEvents: withEvents)
    var generator = CaptureSynthesis.SplitMix64(seed: 3)
    var all = try (1...20).flatMap { epoch in
      try Self.frames(UInt64(epoch), 10).enumerated().map { ($0.offset, $0.element) }
    }
    all.shuffle(using: &generator)
    for (index, frame) in all {
      let (outcome, output) = Self.open(
        opener, frame, at: Int64.random(in: 0...1300, using: &generator))
      #expect(outcome == .opened && output == [UInt8(index), 7, 7])
    }
    for (_, frame) in all.prefix(50) {
      #expect(Self.open(opener, frame, at: 1300).0 == .replay)
    }
  }

  @Test("thousands of epochs hold few ratchets, and what was opened stays opened")
  func bounded() throws {
    let count: UInt64 = 3_000
    let opener = Self.opener(count, every: 10)
    var first: [UInt8] = []
    for epoch in 1...count {
      let frames = try Self.frames(epoch, 2)
      if epoch == 5 { first = frames[0] }
      for frame in frames {
        #expect(Self.open(opener, frame, at: Int64(epoch) * 10 + 3).0 == .opened)
      }
      #expect(opener.readyCount <= 16)
    }
    // Its ratchet was given back long ago.
    #expect(Self.open(opener, first, at: Int64(count) * 10).0 == .replay)
    #expect(opener.readyCount <= 16)
  }

  @Test("what no key opens is of no epoch before the first, and bad after")
  func reasons() throws {
    let opener = Self.opener(3, every: 60)
    let strange = try Self.frames(77, 1)[0]
    #expect(Self.open(opener, strange, at: 20).0 == .noEpoch)
    #expect(Self.open(opener, strange, at: 55).0 == .noEpoch)
    #expect(Self.open(opener, strange, at: 100).0 == .badTag)
    // A counter that was used in an epoch makes no replay of another epoch's frame.
    for frame in try Self.frames(1, 3) { #expect(Self.open(opener, frame, at: 100).0 == .opened) }
    #expect(Self.open(opener, strange, at: 100).0 == .badTag)
    var changed = try Self.frames(1, 5)[4]
    changed[0] ^= 1
    #expect(Self.open(opener, changed, at: 100).0 == .badTag)
  }

  @Test("frames of nobody's key cost little, and a key of another time is found all the same")
  func flood() throws {
    let opener = Self.opener(2_000, every: 30)
    for frame in try Self.frames(99_999, 400) {
      #expect(Self.open(opener, frame, at: 3_000).0 == .badTag)
    }
    let found = try Self.frames(1_900, 120).filter {
      Self.open(opener, $0, at: 3_000).0 == .opened
    }
    #expect(found.count >= 70)
  }

  @Test("plaintext is right near the times that the events name, and nowhere else")
  func plaintext() {
    var times = EpochTimes()
    for (second, isAllowed) in [(0, false), (100, true), (200, false)] {
      let event = DAVEPlaintextEvent(connection: 1, allowed: isAllowed)
      let time = Int64(second) * Self.second
      times.take(CaptureEvent(event, time: time), at: time)
    }
    let allowed = [50, 89, 91, 150, 209, 211].map {
      times.allowsPlaintext(connection: 1, at: $0 * Self.second)
    }
    #expect(allowed == [false, false, true, true, true, false])
    #expect(times.allowsPlaintext(connection: 0, at: 0) == nil)
  }
}

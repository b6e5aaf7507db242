import DAVEFrames
import TestSupport
import Testing
import VoiceCrypto

@testable import DAVE

/// What a recorder does with a session's actions and with the frames of a call.
final class Listener {
  var ring = KeyRing()
  var retries = RetryRing<(sender: UInt64, label: Int)>()
  var watch = FailureWatch()
  var isPlaintextAllowed = true
  /// SSRC to user, as op 5 tells.
  var users: [UInt32: UInt64] = [:]
  /// The label of each frame that opened.
  var heard: [Int] = []
  var lost: [Int] = []
  var failures: [FrameFailure: Int] = [:]
  var givesUp = false
  private var output: [UInt8] = []

  func take(_ action: DAVEAction, at now: Int64) {
    switch action {
    case .install(let keys):
      ring.install(
        FrameEpoch(
          connection: keys.connection, incarnation: keys.incarnation, epoch: keys.epoch),
        secrets: keys.senders, at: now)
      watch.transitionBegan()
      retryAll(at: now)
    case .retireBefore(let connection, let incarnation, let epoch):
      ring.retire(
        before: FrameEpoch(connection: connection, incarnation: incarnation, epoch: epoch),
        at: now)
      watch.transitionEnded()
    case .allowPlaintext(let isAllowed): isPlaintextAllowed = isAllowed
    default: break
    }
  }

  func hear(_ frame: [UInt8], ssrc: UInt32, label: Int, at now: Int64) {
    guard let sender = users[ssrc] else {
      return retries.hold(frame.span, ssrc: ssrc, at: now, context: (0, label)) {
        lost.append($0.label)
      }
    }
    if let failure = open(frame.span, from: sender, label: label, at: now) {
      failures[failure, default: 0] += 1
      if failure == .noEpoch || failure == .badTag {
        retries.hold(frame.span, ssrc: ssrc, at: now, context: (sender, label)) {
          lost.append($0.label)
        }
      }
      if watch.failed(sender, because: failure, at: now) { givesUp = true }
    }
  }

  func map(_ ssrc: UInt32, to user: UInt64, at now: Int64) {
    users[ssrc] = user
    retries.retry(ssrc: ssrc, at: now, lost: { lost.append($0.label) }) { frame, _, context in
      open(frame, from: user, label: context.label, at: now) == nil
    }
  }

  private func retryAll(at now: Int64) {
    retries.retryAll(at: now, lost: { lost.append($0.label) }) { frame, _, context in
      context.sender != 0 && open(frame, from: context.sender, label: context.label, at: now) == nil
    }
  }

  private func open(
    _ frame: Span<UInt8>, from sender: UInt64, label: Int, at now: Int64
  ) -> FrameFailure? {
    do throws(FrameFailure) {
      _ = try ring.open(
        frame, from: sender, allowingPlaintext: isPlaintextAllowed, into: &output)
      #expect(output == AudioTests.plaintext(label))
      heard.append(label)
      watch.succeeded(sender)
      return nil
    } catch {
      return error
    }
  }
}

/// A speaker, who seals with the keys of one epoch after another.
final class Speaker {
  private var sealer: FrameSealer
  init(_ secret: [UInt8]) throws { sealer = try FrameSealer(baseSecret: secret) }

  func say(_ label: Int, clear: [DAVEFrame.Range] = []) throws -> [UInt8] {
    var frame: [UInt8] = []
    try sealer.seal(AudioTests.plaintext(label).span, unencryptedRanges: clear, into: &frame)
    return frame
  }
}

/// Rung (e) of the acceptance ladder: frames between sessions.
@Suite struct AudioTests {
  static func plaintext(_ label: Int) -> [UInt8] {
    [0xFC] + (0..<40).map { UInt8(truncatingIfNeeded: label &* 31 &+ $0) }
  }

  /// Users 10 and 20 in a call, 10 listening, 20 mapped to SSRC 2 and speaking.
  struct Scene {
    var call: Call
    let listener = Listener()

    init(seed: UInt64) {
      let listener = listener
      call = Call(seed: seed)
      call.observe = { user, action, now in if user == 10 { listener.take(action, at: now) } }
      call.join(10, 20)
      listener.users = [2: 20]
    }

    func speaker(_ user: UInt64 = 20) throws -> Speaker {
      try Speaker(try #require(call.installed[user]?.last?.senders[user]))
    }
  }

  @Test func reorderLossAndDuplication() throws {
    let scene = Scene(seed: 61)
    let speaker = try scene.speaker()
    var random = SplitMix64(seed: 1)
    var sent: [(label: Int, frame: [UInt8])] = []
    for label in 0..<1000 {
      let clear =
        label % 5 == 0 ? [DAVEFrame.Range(offset: 0, length: 3), .init(offset: 9, length: 8)] : []
      let frame = try speaker.say(label, clear: clear)
      if Int.random(in: 0..<10, using: &random) == 0 { continue }
      sent.append((label, frame))
      if Int.random(in: 0..<10, using: &random) == 0 { sent.append((label, frame)) }
    }
    // Each is late by up to 30 others.
    let order = sent.indices.map { ($0 + Int.random(in: 0..<30, using: &random), $0) }.sorted {
      $0 < $1
    }
    for (_, index) in order {
      scene.listener.hear(sent[index].frame, ssrc: 2, label: sent[index].label, at: 0)
    }
    let labels = Set(sent.map(\.label))
    #expect(Set(scene.listener.heard) == labels)
    #expect(scene.listener.heard.count == labels.count)
    #expect(scene.listener.failures == [.replay: sent.count - labels.count])
  }

  @Test func epochsChangeUnderTheSpeakers() throws {
    var scene = Scene(seed: 62)
    var random = SplitMix64(seed: 2)
    var speakers: [Speaker] = [try scene.speaker()]
    var next = 0
    for epoch in 0..<6 as Range<UInt64> {
      scene.call.join(30 + epoch)
      speakers.append(try scene.speaker())
      // For a while some senders have not switched yet; late frames of the last four epochs too.
      for _ in 0..<100 {
        let speaker = try #require(speakers.suffix(4).randomElement(using: &random))
        scene.listener.hear(try speaker.say(next), ssrc: 2, label: next, at: scene.call.now)
        next += 1
      }
      scene.call.now += 40_000_000_000
    }
    #expect(scene.listener.heard == Array(0..<next))
    #expect(scene.listener.failures.isEmpty)
    // What was retired long ago is gone.
    scene.listener.ring.prune(at: scene.call.now)
    scene.listener.hear(try speakers[0].say(next), ssrc: 2, label: next, at: scene.call.now)
    #expect(scene.listener.failures == [.badTag: 1])
  }

  @Test func framesOutrunTheirKeyAndTheirMapping() throws {
    var scene = Scene(seed: 63)
    let listener = scene.listener
    listener.users = [:]
    let early = try scene.speaker()
    for label in 0..<20 { listener.hear(try early.say(label), ssrc: 2, label: label, at: 0) }
    #expect(listener.heard.isEmpty)
    listener.map(2, to: 20, at: 1)
    #expect(listener.heard == Array(0..<20))

    // User 10 hears of the next epoch only after frames of it came.
    var late: DAVEEvent?
    let box = EventBox()
    scene.call.tamper = { user, event in
      if user == 10, case .commit = event {
        box.append(event)
        return nil
      }
      return event
    }
    scene.call.mute = [10]
    scene.call.join(30)
    scene.call.tamper = nil
    late = box.events.first
    let speaker = try scene.speaker()
    for label in 20..<50 { listener.hear(try speaker.say(label), ssrc: 2, label: label, at: 2) }
    #expect(listener.heard.count == 20)
    scene.call.deliver(try #require(late), to: 10)
    #expect(listener.heard == Array(0..<50))
    #expect(listener.lost.isEmpty)
    #expect(!listener.givesUp)
  }

  @Test func silencePassesAndPaddingDoesNot() throws {
    let scene = Scene(seed: 64)
    let listener = scene.listener
    var output: [UInt8] = []
    let silence: [UInt8] = [0xF8, 0xFF, 0xFE]
    let opened = try listener.ring.open(
      silence.span, from: 20, allowingPlaintext: false, into: &output)
    #expect(opened == .silence && output == silence)
    let frame = try scene.speaker().say(1)
    // Padding that was left on, and an unencrypted frame after the upgrade.
    #expect(!listener.isPlaintextAllowed)
    listener.hear(frame + [0, 0, 3], ssrc: 2, label: 1, at: 0)
    listener.hear(AudioTests.plaintext(1), ssrc: 2, label: 1, at: 0)
    #expect(listener.failures == [.notDAVE: 2])
    listener.hear(frame, ssrc: 2, label: 1, at: 0)
    #expect(listener.heard == [1])
  }

  @Test func whoCannotReadAsksToBeAddedAgain() throws {
    var scene = Scene(seed: 65)
    let listener = scene.listener
    let stranger = try Speaker([UInt8](repeating: 9, count: 16))
    for number in 0..<400 where !listener.givesUp {
      listener.hear(
        try stranger.say(number), ssrc: 2, label: number, at: Int64(number) * 20_000_000)
    }
    #expect(listener.givesUp)
    scene.call.deliver(.framesUnreadable, to: 10)
    scene.call.settle()
    scene.call.expectAgreement(10, 20)
    #expect(scene.call.installed[10]?.count == 2)
    #expect(listener.lost.count + listener.retries.count == listener.failures[.badTag])
  }

  @Test func bothSidesOfAPairComputeOneFingerprint() throws {
    let scene = Scene(seed: 66)
    let one = try #require(try scene.call.sessions[10]?.fingerprint(with: 20))
    let other = try #require(try scene.call.sessions[20]?.fingerprint(with: 10))
    #expect(one == other && one.count == 64)
    #expect(PairwiseFingerprint.digits(of: one)?.filter(\.isNumber).count == 45)
    #expect(try scene.call.sessions[10]?.fingerprint(with: 30) == nil)
  }
}

import Audio
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import VoiceAudio

/// Notes what is sent, and when by a manual clock.
private final class Link: SpeechLink {
  struct Sent: Equatable {
    var at: Duration
    var bytes: Int
    var timestamp: UInt32
  }

  let clock: ManualClock
  let state = Mutex<(sent: [Sent], speaking: [Int], isOpen: Bool)>(([], [], true))

  init(_ clock: ManualClock) { self.clock = clock }

  func setSpeaking(_ flags: Int) async { state.withLock { $0.speaking.append(flags) } }

  func send(opus frame: [UInt8], timestamp: UInt32) -> Bool {
    let now = clock.now.offset
    return state.withLock { state in
      if state.isOpen {
        state.sent.append(Sent(at: now, bytes: frame.count, timestamp: timestamp))
      }
      return state.isOpen
    }
  }

  var sent: [Sent] { state.withLock(\.sent) }
  var speaking: [Int] { state.withLock(\.speaking) }
}

private func source(frames: Int) throws -> SpeechSource {
  try SpeechSource(
    samples: (0..<(960 * frames)).map { Float($0 % 100) / 200 }, rate: 48_000, bitrate: 64_000)
}

@Suite(.timeLimit(.minutes(1))) struct SpeakerTests {
  @Test func itSpeaksInRealTime() async throws {
    try await VirtualTime.run { clock, _ in
      let link = Link(clock)
      let speaker = Speaker(link: link, clock: clock)
      let outcome = try await speaker.speak(try source(frames: 50))
      #expect(outcome == (50, 0))
      let sent = link.sent
      #expect(sent.map(\.at) == (0..<55).map { .milliseconds(20 * $0) })
      #expect(sent.map(\.timestamp) == (0..<55).map { UInt32($0 * 960) })
      #expect(sent.suffix(5).allSatisfy { $0.bytes == 3 })
      #expect(link.speaking == [1, 0])
    }
  }

  @Test func oneThingComesAfterAnotherAndTimestampsGoOn() async throws {
    try await VirtualTime.run { clock, _ in
      let link = Link(clock)
      let speaker = Speaker(link: link, clock: clock)
      _ = try await speaker.speak(try source(frames: 5))
      try await clock.sleep(for: .seconds(1))
      _ = try await speaker.speak(try source(frames: 5))
      let sent = link.sent
      #expect(sent.count == 20)
      let pause = sent[10].at - sent[9].at
      let steps = (sent[10].timestamp - sent[9].timestamp) / 960
      #expect(abs((pause / .milliseconds(20)) - Double(steps)) <= 1)
      #expect(link.speaking == [1, 0, 1, 0])
    }
  }

  @Test func whatIsSpokenAtOnceIsQueued() async throws {
    try await VirtualTime.run { clock, _ in
      let link = Link(clock)
      let speaker = Speaker(link: link, clock: clock)
      async let first = speaker.speak(try source(frames: 10))
      async let second = speaker.speak(try source(frames: 10))
      #expect(try await first.sent + second.sent == 20)
      let sent = link.sent
      #expect(sent.count == 30)
      for (one, two) in zip(sent, sent.dropFirst()) { #expect(one.timestamp < two.timestamp) }
    }
  }

  @Test func cancelledItFallsSilent() async throws {
    let clock = ManualClock()
    let link = Link(clock)
    let speaker = Speaker(link: link, clock: clock)
    let speech = Task { try await speaker.speak(try source(frames: 1_000)) }
    try await clock.waitForSleepers(1)
    clock.advance(by: .milliseconds(20))
    try await clock.waitForSleepers(1)
    speech.cancel()
    for _ in 0..<5 {
      try await clock.waitForSleepers(1)
      clock.advanceToNextSleeper()
    }
    await #expect(throws: CancellationError.self) { try await speech.value }
    #expect(link.sent.suffix(5).allSatisfy { $0.bytes == 3 })
    #expect(link.sent.count < 20)
    #expect(link.speaking == [1, 0])
  }

  @Test func withoutAConnectionItIsTold() async throws {
    try await VirtualTime.run { clock, _ in
      let link = Link(clock)
      link.state.withLock { $0.isOpen = false }
      let outcome = try await Speaker(link: link, clock: clock).speak(try source(frames: 5))
      #expect(outcome == (0, 5))
    }
  }

  @Test(arguments: [8_000, 16_000, 44_100, 48_000])
  func filesOfAnyRateAreSpoken(rate: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("tone.wav")
    let samples = (0..<rate).map { Int16(8_000 * ($0 * 440 * 2 / rate % 2 == 0 ? 1 : -1)) }
    var writer = try SparseWAVWriter(
      creating: path, sampleRate: rate, totalSamples: Int64(rate))
    try writer.write(samples.span, at: 0)
    try writer.finish()
    var source = try SpeechSource(file: path, bitrate: 64_000)
    var decoder = try OpusDecoder()
    var (frames, energy): (Int, Float) = (0, 0)
    var output: [Float] = []
    while let frame = try source.next() {
      frames += 1
      let count = try decoder.decode(frame.span, into: &output)
      for sample in output[..<count] { energy += sample * sample }
    }
    #expect(abs(frames - 50) <= 1)
    #expect(abs(energy / 48_000 - 0.0596) < 0.012)
  }
}

import Testing

@testable import VoiceAudio

@Suite struct SpeechPacerTests {
  /// Runs a pacer on time; `delays` are added before the frame of that number.
  private func run(
    frames: Int, delays: [Int: Duration] = [:], stopAt stop: Int? = nil
  ) -> [(at: Duration, step: SpeechPacer.Step)] {
    var pacer = SpeechPacer(start: .zero, timestamp: .max - 1_000)
    var (now, sent): (Duration, Int) = (.zero, 0)
    var steps: [(Duration, SpeechPacer.Step)] = []
    while true {
      let step = pacer.next(at: now, hasFrame: sent < frames)
      switch step {
      case .wait(let time): now = time
      case .done: return steps
      case .frame:
        steps.append((now, step))
        sent += 1
        if sent == stop { pacer.stop() }
        now += delays[sent] ?? .zero
      default: steps.append((now, step))
      }
    }
  }

  @Test func aSpeechIsAnnouncedPacedAndEnded() {
    let steps = run(frames: 3)
    let last = UInt32.max
    var expected: [SpeechPacer.Step] = [.speaking(true)]
    for timestamp in [last - 1_000, last - 40, 919] {
      expected.append(.frame(timestamp: timestamp))
    }
    for timestamp: UInt32 in [1_879, 2_839, 3_799, 4_759, 5_719] {
      expected.append(.silence(timestamp: timestamp))
    }
    expected.append(.speaking(false))
    #expect(steps.map(\.step) == expected)
    let frames = steps.dropFirst().dropLast()
    #expect(frames.map(\.at) == (0..<8).map { .milliseconds(20 * $0) })
  }

  @Test func aLittleLatenessIsCaughtUp() {
    let steps = run(frames: 20, delays: [5: .milliseconds(150)])
    let times = steps.filter { if case .frame = $0.step { true } else { false } }.map(\.at)
    #expect(times[19] == .milliseconds(380))
    #expect(times[5] == times[6])
  }

  @Test func muchLatenessIsAPauseInTheTimestampsToo() {
    let steps = run(frames: 20, delays: [5: .seconds(1)])
    let frames = steps.compactMap { step -> (Duration, UInt32)? in
      if case .frame(let timestamp) = step.step { return (step.at, timestamp) }
      return nil
    }
    let start = UInt32.max - 1_000
    for (time, timestamp) in frames {
      let due = Int64((timestamp &- start) / 960) * 20
      #expect(time >= .milliseconds(due) && time < .milliseconds(due + 40))
    }
    // None was left out: 20 frames in all.
    #expect(frames.count == 20)
  }

  @Test func stoppedItFallsSilentAsAtTheEnd() {
    let steps = run(frames: 100, stopAt: 2)
    #expect(steps.count == 1 + 2 + SpeechPacer.silenceFrames + 1)
    #expect(steps.last?.step == .speaking(false))
  }

  @Test func stoppedBeforeItBeganItSaysNothing() {
    var pacer = SpeechPacer(start: .zero, timestamp: 0)
    pacer.stop()
    #expect(pacer.next(at: .zero, hasFrame: true) == .done)
  }
}

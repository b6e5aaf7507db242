import CaptureLog
import CaptureSynthesis
import FoundationEssentials
import Synchronization
import SystemPackage
import TestSupport
import Testing

import Render

/// The product's interface, used as from outside.
@Suite struct RenderJobTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func capture(_ scenario: String = "clean") throws -> SyntheticCapture {
    try SyntheticCapture(
      try #require(Scenario.named(scenario)).plan(ScenarioOptions()), encrypted: true)
  }

  private var output: FilePath { temporary.path.appending("out") }

  @Test func aCaptureIsRenderedOnce() throws {
    let capture = try capture()
    let job = RenderJob(capture: capture.capture, output: output, keys: capture.keys)
    let phases = Mutex<[RenderProgress.Phase]>([])
    let outcome = try job.run { step in
      phases.withLock { if $0.last != step.phase { $0.append(step.phase) } }
      #expect((0...1).contains(step.fraction))
    }
    #expect(phases.withLock { $0 } == [.survey, .tracks, .commit])
    guard case .rendered(let manifest) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(manifest.speakers.allSatisfy { $0.packets.isBalanced && $0.speechSamples > 0 })
    #expect(try Manifest(contentsOf: output) == manifest)
    #expect(try job.run() == .alreadyDone(manifest))
  }

  @Test(arguments: ["noise", "unmapped", "late-mapping", "reconnect", "burst-loss"])
  func spurtsAreWhatWasWritten(scenario: String) throws {
    let capture = try capture(scenario)
    let job = RenderJob(capture: capture.capture, output: output, keys: capture.keys)
    let manifest = try job.run().manifest
    let lines = try temporary.text(output.appending("spurts.jsonl")).split(separator: "\n")
    let spurts = try lines.map { try JSONDecoder().decode(Spurt.self, from: Data($0.utf8)) }
    #expect(spurts.map(\.speaker) == spurts.map(\.speaker).sorted())
    for speaker in manifest.speakers {
      let own = spurts.filter { $0.speaker == speaker.id }
      #expect(own.count == speaker.spurts && !own.isEmpty)
      #expect(own.reduce(0) { $0 + $1.end - $1.start } == speaker.speechSamples)
      try checkSound(of: speaker, spurts: own)
      #expect(speaker.packets.isBalanced && speaker.frames.isBalanced)
      for segment in speaker.segments { #expect(segment.count <= 28 * 16_000) }
      #expect(speaker.samples == manifest.session.samples)
    }
    let ids = manifest.speakers.map(\.id)
    #expect(ids == ids.sorted())
  }

  /// A line of `spurts.jsonl`, as somebody else reads it.
  private struct Spurt: Decodable {
    var speaker: String
    var start: Int64
    var end: Int64
  }

  /// All sound lies in the spurts, and each of them has some.
  private func checkSound(of speaker: Manifest.Speaker, spurts: [Spurt]) throws {
    let data = try temporary.bytes(output.appending(speaker.file)).dropFirst(44)
    try #require(data.count == 2 * speaker.samples)
    var next: Int64 = 0
    func isSilent(_ start: Int64, _ end: Int64) -> Bool {
      data[(44 + 2 * Int(start))..<(44 + 2 * Int(end))].allSatisfy { $0 == 0 }
    }
    for spurt in spurts {
      try #require(spurt.start >= next && spurt.start < spurt.end && spurt.end <= speaker.samples)
      #expect(isSilent(next, spurt.start), "sound before \(spurt)")
      #expect(!isSilent(spurt.start, spurt.end), "none in \(spurt)")
      next = spurt.end
    }
    #expect(isSilent(next, speaker.samples))
  }

  @Test("a part that ends in speech is speech to its last sample", arguments: 0..<12)
  func partsEndInSpeech(step: Int64) throws {
    let capture = try capture()
    var job = RenderJob(capture: capture.capture, output: output, keys: capture.keys)
    // Speech lies from 1 s to 5 s; the end moves through a packet, between samples.
    job.options.from = .offset(nanoseconds: 2_000_000_000)
    job.options.to = .offset(nanoseconds: 3_000_030_000 + step * 1_700_000)
    let manifest = try job.run().manifest
    let speaker = try #require(manifest.speakers.first)
    #expect(manifest.session.samples == (1_000_030 + step * 1_700) * 16 / 1_000)
    #expect(speaker.speechSamples == manifest.session.samples)
  }

  @Test func aCancelledRenderLeavesNothing() throws {
    let capture = try capture()
    let cancellation = RenderCancellation()
    cancellation.cancel()
    let job = RenderJob(capture: capture.capture, output: output, keys: capture.keys)
    #expect {
      try job.run(cancellation: cancellation)
    } throws: { ($0 as? RenderError)?.code == .tryAgain }
    #expect(temporary.entries().isEmpty)
  }

  @Test func errorsSayWhoseTheyAre() throws {
    let capture = try capture()
    func code(_ job: RenderJob) -> RenderError.Code? {
      do throws(RenderError) { _ = try job.run() } catch { return error.code }
      return nil
    }
    var job = RenderJob(capture: capture.capture, output: output)
    #expect(code(job) == .noInput)
    job.keys = capture.keys
    job.options.sampleRate = 7_999
    #expect(code(job) == .usage)
    job.options.sampleRate = 22_050
    job.options.resampler = .decoder
    #expect(code(job) == .usage)
    job.options = RenderOptions()
    job.capture = "/nonexistent"
    #expect(code(job) == .noInput)
    job.capture = temporary.path
    #expect(code(job) == .badInput)
    job.capture = capture.capture
    job.output = "/proc/version/out"
    #expect(code(job) != nil && code(job) != .defect)
    #expect(temporary.entries().isEmpty)
  }
}

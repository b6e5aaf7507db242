import Audio
import CaptureLog
import CaptureSynthesis
import DiscordREST
import DiscordSimulator
import RTP
import Recorder
import Render
import SystemPackage
import TestSupport
import SimulatorTestSupport
import Testing

@testable import VoiceAudio

@Suite(.timeLimit(.minutes(2)), .serialized) struct RecordingTests {
  @Test func aStayIsRecordedFromItsMiddleAndGoesOn() async throws {
    let folder = try TemporaryFolder()
    let key = try OperatorKey.generate()
    try await CallScene.run { scene in
      try await scene.withVoice(0, in: scene.voice) { voice in
        // Somebody talks before, during and after: the keys are older than the recording.
        var samples = [Float](repeating: 0, count: 48_000)
        Voice.synthetic(seconds: 2, seed: 7).copy(from: 0, into: &samples)
        let clip = try VoiceClip(samples: samples)
        var script = VoiceScript([clip], pause: .milliseconds(300), repetitions: nil)
        script.leavesAtEnd = true
        let talker = scene.simulator.speak(scene.people[1], in: scene.voice, script)
        let frames = voice.frames
        try await until("the talker is heard") { voice.listeningCounts.frames > 20 }

        let recording = try await voice.startRecording(
          to: folder.path.appending("captures"), recipients: [key.publicKey], notice: nil
        ) { $0.lockFolder = folder.path }
        await #expect(throws: VoiceClientError.self) {
          _ = try await voice.startRecording(
            to: folder.path.appending("captures"), recipients: [key.publicKey], notice: nil
          ) { $0.lockFolder = folder.path }
        }
        recording.mark("here")
        try await Task.sleep(for: .seconds(3))
        var options = RenderOptions()
        options.sampleRate = 48_000
        let tracks = try await recording.stop(
          render: folder.path.appending("tracks"), keys: [key], options: options)
        #expect(Array(tracks.keys) == [scene.user(scene.people[1])])

        let track = try #require(tracks[scene.user(scene.people[1])])
        let manifest = try Manifest(contentsOf: track.removingLastComponent())
        let speaker = try #require(manifest.speakers.first)
        #expect(speaker.packets.captured > 100)
        #expect(speaker.packets.placed == speaker.packets.captured)
        let energy = try AudioFileReader.readAll(track).samples.reduce(0) { $0 + $1 * $1 }
        let ratio = energy / (try wantedEnergy(scene, scene.people[1], in: recording.capture))
        #expect((0.99...1.01).contains(ratio), "energy \(ratio)")

        // The stay goes on, and can be recorded again.
        let before = voice.listeningCounts.frames
        try await until("it is still heard") { voice.listeningCounts.frames > before + 20 }
        let again = try await voice.startRecording(
          to: folder.path.appending("captures"), recipients: [key.publicKey], notice: nil
        ) { $0.lockFolder = folder.path }
        let end = await again.stop()
        #expect(end.isComplete)
        #expect(end.capture != recording.capture)
        talker.leave()
        withExtendedLifetime(frames) {}
      }
    }
  }

  /// The energy of what decoding the very packets gives that are in the capture, as the server sent
  /// them.
  private func wantedEnergy(
    _ scene: CallScene, _ user: World.ID, in capture: FilePath
  ) throws -> Float {
    var captured: Set<UInt16> = []
    var reader = try CaptureReader(opening: capture)
    let sent = scene.simulator.truth.filter { $0.user == user }
    while let record = try reader.next() {
      guard case .packet(let packet) = record, !packet.isOutbound else { continue }
      reader.withPayload { datagram in
        guard case .rtp(let header) = DatagramKind.classify(datagram),
          header.ssrc == sent.first?.ssrc
        else { return }
        captured.insert(header.sequenceNumber)
      }
    }
    var decoder = try OpusDecoder(sampleRate: 48_000)
    var output: [Float] = []
    var energy: Float = 0
    for packet in sent where captured.contains(packet.sequence) {
      let opus = try #require(packet.opus)
      let count = try decoder.decode(opus.span, into: &output)
      for sample in output[..<count] { energy += sample * sample }
    }
    return energy
  }

  @Test func withoutAKeyNothingIsRecorded() async throws {
    let folder = try TemporaryFolder()
    try await CallScene.run { scene in
      try await scene.withVoice(0, in: scene.voice) { voice in
        await #expect {
          _ = try await voice.startRecording(to: folder.path, recipients: [])
        } throws: { error in
          (error as? VoiceClientError)?.code == .noKey && "\(error)".contains("keys new")
        }
      }
    }
  }
}

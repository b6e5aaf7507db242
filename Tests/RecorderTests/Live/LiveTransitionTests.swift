import CaptureLog
import CaptureSynthesis
import DiscordSimulator
import FoundationEssentials
import Render
import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Changes of keys under speech", .timeLimit(.minutes(2)))
struct LiveTransitionTests {
  private struct Key: Hashable {
    var ssrc: UInt32
    var sequence: UInt16
    var timestamp: UInt32
  }

  @Test(
    "From our first key on nothing is missing: when we come, somebody joins, and the call goes to no encryption and back"
  )
  func nothingIsMissing() async throws {
    try await LiveStudio.run { studio in
      // As davey does, and as libdave does.
      func talk(_ user: World.ID, _ keyChange: VoiceScript.KeyChange) throws {
        var script = VoiceScript(
          [try VoiceClip(Voice.synthetic(seconds: 2, seed: user), for: .seconds(2))],
          pause: .milliseconds(130), repetitions: nil)
        script.keyChange = keyChange
        studio.simulator.speak(user, in: studio.ids.voice, script)
      }
      let users = [studio.ids.alice, studio.ids.bob, studio.ids.carol]
      try talk(studio.ids.alice, .atCommit)
      try talk(studio.ids.bob, .atExecution)
      let recording = try await studio.recorder.start(studio.options)
      try await Task.sleep(for: .milliseconds(1100))
      try talk(studio.ids.carol, .atCommit)
      // Until we are in a group that begins, its members talk without us.
      var begins: [Int64] = [0]
      for effect: VoiceFault.Effect in [.recreate, .downgrade, .upgrade] {
        try await Task.sleep(for: .milliseconds(1100))
        if effect != .downgrade { begins.append(Int64(Date().timeIntervalSince1970 * 1e9)) }
        studio.simulator.inject(VoiceFault(effect))
      }
      try await Task.sleep(for: .milliseconds(1100))
      let end = await recording.stop()
      #expect(end.exitCode == 0)

      var placed: Set<Key> = []
      try RenderJob(
        capture: end.capture, output: studio.folder.path.appending("tracks"), keys: [studio.key]
      ).trace { packet in
        guard packet.fate == .placed else { return }
        placed.insert(
          Key(
            ssrc: packet.ssrc, sequence: UInt16(truncatingIfNeeded: packet.sequence),
            timestamp: packet.timestamp))
      }
      let executed = try Studio.events(end.capture).filter {
        let payload = $0.payload(DAVETransitionEvent.self)
        return payload?.state == DAVETransitionEvent.executed && payload?.epoch != nil
      }.map(\.time)
      // The others hear of it a little later.
      let waits = try begins.map { begin in
        begin...(try #require(executed.first { $0 > begin }) + 100_000_000)
      }
      let truth = studio.simulator.truth.filter { $0.receiver == studio.ids.bot }
      for user in users {
        let isOurs = { (time: Int64) in waits.allSatisfy { !$0.contains(time) } }
        // What was on its way when we left is in no log.
        let sent = truth.filter { $0.user == user }.dropLast(5).filter { isOurs($0.sentTime) }
        let missing = sent.filter {
          !placed.contains(Key(ssrc: $0.ssrc, sequence: $0.sequence, timestamp: $0.timestamp))
        }
        #expect(sent.count > 100)
        #expect(missing.isEmpty, "\(missing.count) of \(sent.count)")
      }
    }
  }
}

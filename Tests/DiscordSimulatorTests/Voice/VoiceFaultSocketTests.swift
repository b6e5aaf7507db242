import CaptureSynthesis
import DAVE
import DiscordSimulator
import JSONValues
import Synchronization
import SimulatorTestSupport
import Testing

@Suite("Faults of voice over sockets")
struct VoiceFaultSocketTests {
  @Test("Close codes: those that end the session, and those after which it is resumed")
  func closesAndResumes() async throws {
    try await VoiceScene.run { scene in
      let (peer, _) = try await scene.join()
      scene.simulator.inject(VoiceFault(.close(4015)))
      try await until("the connection ends") { peer.isEnded }
      #expect(peer.closeCode == 4015)
      #expect(scene.simulator.voiceSessions.count == 1)
      // Somebody comes while the client is away.
      let clip = VoiceClip(packets: Array(repeating: [0xF8, 1], count: 5))
      var script = VoiceScript([clip])
      script.leavesAtEnd = false
      scene.simulator.speak(scene.people[1], in: scene.voice, script)
      try await until("the speaker is there") { scene.simulator.voiceSessions.count == 2 }
      let again = try await VoicePeer.connect(peer.invitation)
      try await again.resume(after: peer.state.withLock { $0.lastSequence })
      try await until("the missed op 11 comes") {
        again.messages(9).count == 1
          && again.messages(11).contains(["user_ids": [.string(String(scene.people[1]))]])
      }
      #expect(scene.simulator.voiceStatistics.resumed == 1)
      scene.simulator.inject(VoiceFault(.refuseResumes(1)))
      scene.simulator.inject(VoiceFault(.drop))
      try await until("it is dropped") { again.isEnded }
      #expect(again.closeCode == nil)
      let third = try await VoicePeer.connect(peer.invitation)
      try await third.resume(after: 1)
      try await until("it is refused") { third.isEnded }
      #expect(third.closeCode == 4006)
      #expect(!scene.simulator.voiceSessions.contains { !$0.isScripted })
    }
  }

  @Test(
    "Migration: the update first or the close first, with or without a null endpoint",
    arguments: [VoiceFault.MigrationOrder.updateFirst, .closeFirst], [true, false])
  func migrates(order: VoiceFault.MigrationOrder, nullFirst: Bool) async throws {
    try await VoiceScene.run { scene in
      var (peer, gateway) = try await scene.join()
      scene.simulator.inject(VoiceFault(.migrate(order, nullEndpointFirst: nullFirst)))
      var updates: [JSONValue] = []
      var wasClosed = false
      while updates.last?["endpoint"]?.string == nil {
        let event = try await gateway.nextEvent()
        guard event["t"] == "VOICE_SERVER_UPDATE" else { continue }
        updates.append(event["d"] ?? .null)
        if updates.count == 1 { wasClosed = peer.isEnded }
      }
      #expect((updates[0]["endpoint"] == .null) == nullFirst)
      if order == .updateFirst { #expect(!wasClosed) }
      try await until("the old connection is closed") { peer.isEnded }
      #expect(peer.closeCode == 4014)
      let old = peer.invitation
      #expect(updates.last?["endpoint"]?.string != old.endpoint)
      let new = VoicePeer.Invitation(
        guild: old.guild, user: old.user, sessionID: old.sessionID,
        token: updates.last?["token"]?.string ?? "",
        endpoint: updates.last?["endpoint"]?.string ?? "")
      peer = try await VoicePeer.connect(new)
      try await peer.identify()
      #expect(!peer.isEnded && peer.ssrc != 0)
      await peer.leave()
    }
  }

  @Test("Kicked, moved and deafened: what the client and its gateway hear")
  func worldFaults() async throws {
    try await VoiceScene.run { scene in
      var (peer, gateway) = try await scene.join()
      scene.simulator.inject(VoiceFault(.deafen(true), user: scene.bot))
      let clip = VoiceClip(packets: Array(repeating: [0xF8, 1], count: 5))
      await scene.simulator.speak(scene.people[1], in: scene.voice, VoiceScript([clip])).finished()
      #expect(scene.simulator.truth.isEmpty)
      scene.simulator.inject(VoiceFault(.move(to: scene.other), user: scene.bot))
      try await until("the old connection is closed") { peer.isEnded }
      #expect(peer.closeCode == 4014)
      var state: JSONValue = .null
      var server: JSONValue = .null
      while server == .null {
        let event = try await gateway.nextEvent()
        if event["t"] == "VOICE_STATE_UPDATE", event["d"]?["user_id"] == .string("\(scene.bot)") {
          state = event["d"] ?? .null
        }
        if event["t"] == "VOICE_SERVER_UPDATE" { server = event["d"] ?? .null }
      }
      #expect(state["channel_id"] == .string(String(scene.other)) && state["deaf"] == true)
      var invitation = peer.invitation
      invitation.token = server["token"]?.string ?? ""
      let moved = try await VoicePeer.connect(invitation)
      try await moved.identify()
      #expect(scene.simulator.voiceSessions.map(\.channel) == [scene.other])
      scene.simulator.inject(VoiceFault(.kick, user: scene.bot))
      try await until("it is thrown out") { moved.isEnded }
      #expect(moved.closeCode == 4014 && scene.simulator.voiceSessions.isEmpty)
      #expect(scene.simulator.world.voiceStates[scene.guild]?.isEmpty == true)
    }
  }

  @Test("A damaged Welcome or commit, a group begun anew, and down to version 0 and up again")
  func groupFaults() async throws {
    try await VoiceScene.run { scene in
      let (peer, _) = try await scene.join()
      scene.simulator.inject(VoiceFault(.badWelcome))
      scene.simulator.inject(VoiceFault(.badCommit))
      let voice = Voice.synthetic(seconds: 1, seed: 5)
      var script = VoiceScript([try VoiceClip(voice, for: .milliseconds(100))])
      script.repetitions = nil
      script.leavesAtEnd = false
      for user in scene.people.prefix(2) { scene.simulator.speak(user, in: scene.voice, script) }
      try await until("the client was out of the group, and is in again") {
        !scene.simulator.voiceSessions.isEmpty && !peer.epochs.isEmpty
          && scene.simulator.voiceStatistics.invalidCommitWelcomes >= 1
          && peer.epochs.last?.senders.count == 3
      }
      let before = peer.epochs.count
      scene.simulator.inject(VoiceFault(.recreate))
      try await until("another group begins") {
        peer.messages(24).count == 1 && peer.epochs.count > before
          && peer.epochs.last?.senders.count == 3
      }
      #expect(peer.epochs.last?.incarnation != peer.epochs[before - 1].incarnation)
      scene.simulator.inject(VoiceFault(.downgrade))
      try await until("op 21 and 22 come") {
        guard let id = peer.messages(21).last?["transition_id"]?.integer, id != 0 else {
          return false
        }
        return peer.state.withLock { $0.executed.contains(id) }
      }
      let count = peer.state.withLock { $0.datagrams.count }
      try await until("speech comes in the clear") {
        try peer.heard().dropFirst(count).contains { script.isSaid($0.opus) }
          && scene.simulator.truth.last.map { $0.opus == $0.payload } == true
      }
      let epochs = peer.epochs.count
      scene.simulator.inject(VoiceFault(.upgrade))
      try await until("the group is there again") {
        peer.epochs.count > epochs && peer.epochs.last?.senders.count == 3
      }
      try await until("speech is sealed again") {
        scene.simulator.truth.last.map { $0.payload.suffix(2) == [0xFA, 0xFA] } == true
      }
      await peer.leave()
    }
  }

  @Test("Acknowledgements that stay out, and op 5 that never comes")
  func mutedAndLate() async throws {
    try await VoiceScene.run { scene in
      let (peer, _) = try await scene.join()
      try await peer.send(3, ["t": 1, "seq_ack": -1])
      try await until("the heartbeat is acknowledged") { peer.messages(6) == [["t": 1]] }
      scene.simulator.inject(VoiceFault(.muteAcknowledgements))
      scene.simulator.inject(VoiceFault(.lateSpeaking(nil)))
      try await peer.send(3, ["t": 2, "seq_ack": -1])
      let clip = VoiceClip(packets: Array(repeating: [0xF8, 1], count: 5))
      await scene.simulator.speak(scene.people[1], in: scene.voice, VoiceScript([clip])).finished()
      try await until("it was heard") { scene.simulator.voiceStatistics.heartbeats == 2 }
      try await until("packets come") { try !peer.heard().isEmpty }
      #expect(peer.messages(6).count == 1)
      #expect(peer.ssrc(of: scene.people[1]) == nil)
      await peer.leave()
    }
  }
}

extension VoiceScript {
  /// Whether these are the bytes of one of its packets.
  fileprivate func isSaid(_ opus: [UInt8]?) -> Bool {
    steps.contains { step in
      if case .say(let clip) = step {
        opus.map { clip.packets.contains($0) } ?? false
      } else {
        false
      }
    }
  }
}

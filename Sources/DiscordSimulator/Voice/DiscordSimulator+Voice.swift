internal import NIOConcurrencyHelpers
package import WebSocket

/// Voice: what tests and programs do with it.
extension DiscordSimulator {
  /// Starts the voice servers; ``start(host:port:tls:)`` calls it.
  ///
  /// - Throws: ``WebSocketError`` if no port is free.
  package func startVoice(
    host: String = "127.0.0.1", tls: WebSocketServer.TLSIdentity? = nil
  ) async throws(WebSocketError) {}

  /// Has somebody talk in a voice channel, as a member of the channel's DAVE group.
  ///
  /// - Parameters:
  ///   - user: a member of the channel's guild, who is not in voice.
  ///   - channel: a voice channel; in a stage the speaker talks as one who was let to the front.
  ///   - script: what the speaker says and when.
  @discardableResult
  package func speak(
    _ user: World.ID, in channel: World.ID, _ script: VoiceScript
  ) -> ScriptedSpeaker {
    ScriptedSpeaker(user: user, channel: channel)
  }

  /// Adds a fault of voice.
  package func inject(_ fault: VoiceFault) {}

  /// Adds faults of voice.
  package func inject(_ faults: [VoiceFault]) {
    for fault in faults { inject(fault) }
  }

  /// What was sent to clients so far, in order; see ``VoiceRules/truthLimit``.
  package var truth: [ForwardedPacket] { [] }

  /// What the voice servers did so far.
  package var voiceStatistics: VoiceStatistics { VoiceStatistics() }

  /// Changes the voice servers' numbers; what is open keeps the old ones.
  package func setVoiceRules(_ change: (inout VoiceRules) -> Void) {}
}

/// A speaker at work, or over.
package struct ScriptedSpeaker: Sendable {
  package let user: World.ID
  package let channel: World.ID

  /// Waits until the script is over.
  package func finished() async {}

  /// Stops talking and leaves.
  package func leave() {}
}

internal import DiscordVoice

/// Where speech goes to: a voice connection.
protocol SpeechLink: Sendable {
  /// Op 5.
  func setSpeaking(_ flags: Int) async
  /// Seals and sends a frame; false when nobody can hear it.
  func send(opus frame: [UInt8], timestamp: UInt32) -> Bool
}

extension VoiceSession: SpeechLink {}

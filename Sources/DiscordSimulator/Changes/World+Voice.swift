internal import JSONValues

extension World {
  /// Somebody joins a voice channel, moves, or changes their switches: VOICE_STATE_UPDATE.
  package mutating func joinVoice(
    _ user: ID, channel id: ID, sessionID: String? = nil, selfMute: Bool = false,
    selfDeaf: Bool = false
  ) {
    guard let channel = channels[id], let guild = channel.guildID else { return }
    var state =
      voiceStates[guild]?[user]
      ?? VoiceState(userID: user, channelID: id, sessionID: Self.token(user ^ id, length: 32))
    state.channelID = id
    if let sessionID { state.sessionID = sessionID }
    state.selfMute = selfMute
    state.selfDeaf = selfDeaf
    state.isSuppressed = channel.kind == .stage
    voiceStates[guild, default: [:]][user] = state
    tell("VOICE_STATE_UPDATE", json(voiceState: state, in: guild), to: .guild(guild))
  }

  /// Somebody leaves voice, or is thrown out of it: VOICE_STATE_UPDATE without a channel.
  package mutating func leaveVoice(_ user: ID, guild: ID) {
    guard let state = voiceStates[guild]?.removeValue(forKey: user) else { return }
    tell(
      "VOICE_STATE_UPDATE", json(voiceState: state, in: guild).adding(["channel_id": .null]),
      to: .guild(guild))
  }
}

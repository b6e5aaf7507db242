internal import JSONValues

extension World {
  /// Somebody joins a voice channel, moves, or changes their switches: VOICE_STATE_UPDATE.
  package mutating func joinVoice(
    _ user: ID, channel id: ID, sessionID: String? = nil, selfMute: Bool? = nil,
    selfDeaf: Bool? = nil
  ) {
    guard let channel = channels[id], let guild = channel.guildID else { return }
    var state =
      voiceStates[guild]?[user]
      ?? VoiceState(userID: user, channelID: id, sessionID: Self.token(user ^ id, length: 32))
    if state.channelID != id || voiceStates[guild]?[user] == nil {
      state.isSuppressed = channel.kind == .stage
    }
    state.channelID = id
    if let sessionID { state.sessionID = sessionID }
    state.selfMute = selfMute ?? state.selfMute
    state.selfDeaf = selfDeaf ?? state.selfDeaf
    voiceStates[guild, default: [:]][user] = state
    voiceRevision += 1
    tell("VOICE_STATE_UPDATE", json(voiceState: state, in: guild), to: .guild(guild))
  }

  /// Somebody leaves voice, or is thrown out of it: VOICE_STATE_UPDATE without a channel.
  package mutating func leaveVoice(_ user: ID, guild: ID) {
    guard let state = voiceStates[guild]?.removeValue(forKey: user) else { return }
    voiceRevision += 1
    tell(
      "VOICE_STATE_UPDATE", json(voiceState: state, in: guild).adding(["channel_id": .null]),
      to: .guild(guild))
  }

  /// Somebody in a stage's audience comes to the front, or goes back: VOICE_STATE_UPDATE.
  package mutating func suppress(_ user: ID, _ isSuppressed: Bool, guild: ID) {
    guard var state = voiceStates[guild]?[user], state.isSuppressed != isSuppressed else { return }
    state.isSuppressed = isSuppressed
    voiceStates[guild, default: [:]][user] = state
    voiceRevision += 1
    tell("VOICE_STATE_UPDATE", json(voiceState: state, in: guild), to: .guild(guild))
  }

  /// Somebody in voice plays a sound of the soundboard: VOICE_CHANNEL_EFFECT_SEND.
  package mutating func playSound(_ sound: ID, by user: ID, guild: ID) {
    guard let state = voiceStates[guild]?[user] else { return }
    tell(
      "VOICE_CHANNEL_EFFECT_SEND",
      [
        "guild_id": .id(guild), "channel_id": .id(state.channelID), "user_id": .id(user),
        "sound_id": .id(sound), "sound_volume": 1,
      ], to: .guild(guild))
  }

  /// Whether somebody who is let in still has room in a voice channel. Who may move others comes in
  /// always.
  func hasRoom(for user: ID, in channel: Channel) -> Bool {
    guard channel.userLimit > 0, let guild = channel.guildID else { return true }
    let others = voiceStates[guild, default: [:]].values.count {
      $0.channelID == channel.id && $0.userID != user
    }
    return others < channel.userLimit
      || !permissions(of: user, in: channel).isDisjoint(with: [.moveMembers, .administrator])
  }
}

/// What the voice servers ask of the world: who is where, and may do what.
package protocol VoiceWorld {
  /// Where somebody is in voice in a guild; nil: nowhere.
  func voicePlace(of user: UInt64, in guild: UInt64) -> VoicePlace?
}

/// Somebody's place in voice.
package struct VoicePlace: Hashable, Sendable {
  package var channel: UInt64
  /// The gateway session that VOICE_STATE_UPDATE names.
  package var sessionID: String
  package var isStage = false
  /// Neither muted, nor in a stage's audience, nor away.
  package var mayTalk = true
  /// Neither deafened nor away.
  package var mayHear = true

  package init(channel: UInt64, sessionID: String) {
    self.channel = channel
    self.sessionID = sessionID
  }
}

extension World: VoiceWorld {
  package func voicePlace(of user: UInt64, in guild: UInt64) -> VoicePlace? {
    guard let state = voiceStates[guild]?[user], let channel = channels[state.channelID] else {
      return nil
    }
    let member = guilds[guild]?.members[user]
    // Nobody talks or hears in the channel for those who are away.
    let isAway = guilds[guild]?.afkChannelID == channel.id
    var place = VoicePlace(channel: channel.id, sessionID: state.sessionID)
    place.isStage = channel.kind == .stage
    place.mayTalk =
      !isAway && !state.selfMute && !state.isSuppressed && member?.isMuted != true
    place.mayHear = !isAway && !state.selfDeaf && member?.isDeafened != true
    return place
  }
}

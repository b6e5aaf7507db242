internal import DiscordREST
internal import DiscordVoice

extension VoiceChannelFacts {
  /// What a channel's object tells.
  init(_ channel: Channel) {
    self.init(userLimit: channel.userLimit, isStage: channel.type == .stage)
  }
}

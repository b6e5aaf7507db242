public import DiscordREST

extension VoiceClient {
  /// Everybody's Opus frames from now on, opened and in order; a new sequence each time, with a queue
  /// of its own.
  public var frames: VoiceFrames { frames(of: nil) }

  /// The Opus frames of one user from now on, or of everybody (nil).
  public func frames(of user: ID<User>?) -> VoiceFrames {
    VoiceFrames(
      subscription: observer.listener.hub.subscribe(
        to: user, limit: configuration.bufferedFrames))
  }

  /// The decoded sound of one user from now on.
  ///
  /// - Parameters:
  ///   - user: Whose; nil: everybody's, each block with its speaker.
  ///   - format: Rate and channels.
  public func pcm(of user: ID<User>? = nil, _ format: VoicePCMFormat = .init()) -> VoicePCM {
    VoicePCM(
      subscription: observer.listener.hub.subscribe(
        to: user, limit: configuration.bufferedFrames),
      format: format)
  }

  /// What became of the packets that were listened to.
  public var listeningCounts: ListeningCounts { observer.listener.counts }
}

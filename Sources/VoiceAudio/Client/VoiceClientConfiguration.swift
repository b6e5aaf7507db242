/// How a ``VoiceClient`` behaves.
public struct VoiceClientConfiguration: Sendable {
  /// Whether the bot shows as muted; it may still speak.
  public var selfMute: Bool
  /// Whether the stay goes on where somebody moves the bot to; else it ends then.
  public var followsMoves: Bool
  /// How long Discord may take to let the bot in.
  public var joinTimeout: Duration
  /// How many frames wait for each slow reader, before the oldest go: 500 are 10 s of one speaker.
  public var bufferedFrames: Int
  /// Of what is spoken, bits a second: 6,000 to 510,000. Discord's channels take 64,000 unless they
  /// say otherwise.
  public var bitrate: Int

  /// The defaults, with what is given in their place.
  public init(
    selfMute: Bool = false, followsMoves: Bool = true, joinTimeout: Duration = .seconds(5),
    bufferedFrames: Int = 500, bitrate: Int = 64_000
  ) {
    self.selfMute = selfMute
    self.followsMoves = followsMoves
    self.joinTimeout = joinTimeout
    self.bufferedFrames = bufferedFrames
    self.bitrate = bitrate
  }
}

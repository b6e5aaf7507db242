public import DiscordREST

/// One Opus frame of a speaker, opened and in order.
public struct VoiceFrame: Hashable, Sendable {
  /// Who speaks.
  public let user: ID<User>
  /// The RTP source. A speaker gets another one with each connection.
  public let ssrc: UInt32
  /// Which of the stay's connections to voice servers it came by; they count up.
  public let connection: UInt32
  /// The packet's number in its stream, counted on past 65,535.
  public let sequence: Int64
  /// RTP time in samples at 48 kHz, counted on past 32 bits. Some clients stop it in pauses.
  public let rtpTime: Int64
  /// When the packet was received, in nanoseconds since 1970, by the system's kernel.
  public let arrival: Int64
  /// How many frames of the stream are missing just before this one.
  public let lost: Int
  /// The Opus packet; `F8 FF FE` is silence, which clients send five times when they stop.
  public let opus: [UInt8]
}

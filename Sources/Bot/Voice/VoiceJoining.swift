public import DiscordGateway
public import DiscordREST

/// What a ``Bot`` needs to join voice channels; voice support implements it.
public protocol VoiceJoining: Sendable {
  /// Joins a voice or stage channel, or moves there from another one of that server.
  ///
  /// - Parameters:
  ///   - guild: The server.
  ///   - channel: The channel to join.
  ///   - gateway: Where voice states are sent and heard; it is connected.
  /// - Returns: The connection, ready to be used.
  func joinVoice(
    guild: ID<Guild>, channel: ID<Channel>, gateway: GatewayClient
  ) async throws -> any VoiceHandle
}

/// A stay in one voice channel.
public protocol VoiceHandle: Sendable {
  /// The server.
  var guild: ID<Guild> { get }
  /// The channel.
  var channel: ID<Channel> { get }
  /// Leaves the channel; once it returned, nothing is sent or received any more.
  func leave() async throws
}

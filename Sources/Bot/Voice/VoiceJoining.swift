public import DiscordGateway
public import DiscordREST

/// How a ``Bot`` joins voice channels; VoiceAudio has one, and adds `joinVoice(_:)` to the bot.
public protocol VoiceJoining<Stay>: Sendable {
  /// A stay in a voice channel.
  associatedtype Stay: VoiceHandle

  /// Joins a voice or stage channel of a server in which the bot is in none.
  ///
  /// - Parameters:
  ///   - guild: The server.
  ///   - channel: The channel to join.
  ///   - gateway: Where voice states are sent and heard; it is connected.
  /// - Returns: The connection, ready to be used.
  func joinVoice(
    guild: ID<Guild>, channel: ID<Channel>, gateway: GatewayClient
  ) async throws -> Stay
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

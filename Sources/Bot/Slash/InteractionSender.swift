/// Sends the answers to one interaction; a fake in tests.
package protocol InteractionSender: Sendable {
  /// The first answer.
  func answer(_ message: OutgoingMessage, isEphemeral: Bool) async throws
  /// The first answer's place, to be filled by ``edit(_:)``.
  func postpone(isEphemeral: Bool) async throws
  /// Replaces the first answer.
  func edit(_ message: OutgoingMessage) async throws
  /// One more message.
  func followUp(_ message: OutgoingMessage, isEphemeral: Bool) async throws
}

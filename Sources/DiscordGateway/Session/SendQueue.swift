/// The user's payloads that wait for a session, or for the send limit.
struct SendQueue: Sendable {
  /// How many may wait.
  static let limit = 512

  private var payloads: [SessionPayload] = []
  /// When the send limit lets the next go.
  var release = Duration.zero

  var isEmpty: Bool { payloads.isEmpty }
  var count: Int { payloads.count }

  mutating func append(_ payload: SessionPayload) { payloads.append(payload) }

  mutating func removeFirst() -> SessionPayload? {
    payloads.isEmpty ? nil : payloads.removeFirst()
  }
}

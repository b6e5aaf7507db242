/// What the gate knows of the connections of a recording.
struct GateConnections: Sendable {
  private struct Connection: Sendable {
    var number: UInt32
    var allowsPlaintext: Bool
  }

  /// Connections that overlap at a change of the voice server.
  private static let most = 4

  private var connections: [Connection] = []

  init() { connections.reserveCapacity(Self.most) }

  mutating func begin(_ number: UInt32, hasDAVE: Bool) {
    connections.removeAll { $0.number == number }
    if connections.count >= Self.most { connections.removeFirst() }
    connections.append(Connection(number: number, allowsPlaintext: !hasDAVE))
  }

  func knows(_ number: UInt32) -> Bool { connections.contains { $0.number == number } }

  mutating func allowPlaintext(_ isAllowed: Bool, _ number: UInt32) {
    guard let index = connections.firstIndex(where: { $0.number == number }) else { return }
    connections[index].allowsPlaintext = isAllowed
  }

  /// Whether frames may come without end-to-end encryption: one that is not known may have any.
  func mayBeClear(_ number: UInt32) -> Bool {
    connections.last { $0.number == number }?.allowsPlaintext ?? true
  }
}

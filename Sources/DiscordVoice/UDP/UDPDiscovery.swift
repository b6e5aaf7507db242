internal import RTP

/// Why our address from outside was not learned.
package enum UDPDiscoveryError: Error, Equatable, Sendable {
  /// No good answer to any request; `refused` came, but were not about us.
  case unanswered(refused: Int)
  /// The socket was closed, or the task cancelled.
  case closed
  /// Another discovery is under way on this socket.
  case busy
}

/// IP discovery: asks the voice server for the address and port that it sees us at, over again until
/// an answer comes. Pure; times are nanoseconds of any clock that does not go back.
package struct UDPDiscovery: Sendable {
  /// How long each request waits for its answer, nanoseconds: 5 s in all.
  package static let waits: [Int64] = [
    250_000_000, 500_000_000, 1_000_000_000, 1_250_000_000, 2_000_000_000,
  ]

  package enum Action: Equatable, Sendable {
    case send([UInt8])
    case fail(UDPDiscoveryError)
  }

  private let ssrc: UInt32
  private var tries = 0
  private var refused = 0
  /// When ``advance(at:)`` has something to do next; nil before it was first called.
  package private(set) var deadline: Int64?

  /// - Parameter ssrc: ours, as READY gave it.
  package init(ssrc: UInt32) {
    self.ssrc = ssrc
  }

  /// What is to be done now, if anything.
  package mutating func advance(at now: Int64) -> Action? {
    if let deadline, now < deadline { return nil }
    guard tries < Self.waits.count else { return .fail(.unanswered(refused: refused)) }
    deadline = now + Self.waits[tries]
    tries += 1
    return .send(IPDiscovery.request(ssrc: ssrc).encoded())
  }

  /// Our address, if the datagram is a good answer; others are counted and ignored.
  package mutating func receive(_ datagram: Span<UInt8>) -> DatagramAddress? {
    guard IPDiscovery.matches(datagram) else { return nil }
    guard let answer = try? IPDiscovery(parsing: datagram), answer.kind == .response,
      answer.ssrc == ssrc, answer.port != 0,
      let address = DatagramAddress(host: answer.address, port: answer.port),
      !address.isUnspecified
    else {
      refused += 1
      return nil
    }
    return address
  }
}

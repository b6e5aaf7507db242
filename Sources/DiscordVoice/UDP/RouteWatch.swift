/// Finds that datagrams no longer come to us although they should: the machine got another address,
/// or a translator on the way forgot us. Then a new socket and a new discovery are wanted.
///
/// Pure; times are nanoseconds of any clock that does not go back. One for a socket: when datagrams
/// came it tells by their count, so it needs no clock of the socket's.
package struct RouteWatch: Sendable {
  package enum Cause: String, Equatable, Sendable {
    /// Datagrams would now leave from another address than the socket's.
    case addressChanged = "address_changed"
    /// The gateway says that somebody speaks, and nothing arrives.
    case silent
    /// A keepalive was not answered, and nothing else came: the server is to be asked, no more.
    case quiet
    /// The server answered keepalives, and does so no longer.
    case keepalivesUnanswered = "keepalives_unanswered"
  }

  /// What is known at one moment.
  package struct Observation: Equatable, Sendable {
    /// The address of the socket.
    package var socketAddress: DatagramAddress
    /// What ``VoiceSocket/localAddress(towards:)`` says; nil when there is no route.
    package var routeAddress: DatagramAddress?
    package var statistics: VoiceSocketStatistics

    package init(
      socketAddress: DatagramAddress, routeAddress: DatagramAddress?,
      statistics: VoiceSocketStatistics
    ) {
      self.socketAddress = socketAddress
      self.routeAddress = routeAddress
      self.statistics = statistics
    }
  }

  /// Nanoseconds without a datagram after speech was announced.
  package static let silence: Int64 = 5_000_000_000
  /// Nanoseconds without a datagram after which one keepalive without an echo is one too many.
  package static let quiet: Int64 = 6_000_000_000
  /// Keepalives in a row without an echo, where there were echoes.
  package static let unansweredKeepalives: UInt64 = 3
  /// Nanoseconds between two causes: the first wait, doubled up to the second.
  package static let waits: (first: Int64, longest: Int64) = (10_000_000_000, 300_000_000_000)

  /// Speech that was announced, and the datagrams that had come by then.
  private var announced: (at: Int64, received: UInt64)?
  private var received: UInt64 = 0
  /// When ``received`` was seen to change.
  private var lastArrival: Int64
  private var wait = Self.waits.first
  private var nextAllowed = Int64.min
  private var echoes: UInt64 = 0
  private var keepalivesAtEcho: UInt64 = 0

  /// - Parameter now: when the socket was made.
  package init(at now: Int64) {
    lastArrival = now
  }

  /// The gateway says of somebody else that they begin to speak.
  ///
  /// - Parameter received: how many datagrams have come.
  package mutating func speechIsAnnounced(received: UInt64, at now: Int64) {
    // The first of those after which nothing came counts: the next speaker does not put it off.
    if announced?.received != received { announced = (now, received) }
  }

  /// What is wrong, if anything; for once a second.
  package mutating func check(_ observation: Observation, at now: Int64) -> Cause? {
    let statistics = observation.statistics
    if statistics.keepaliveEchoes > echoes {
      echoes = statistics.keepaliveEchoes
      keepalivesAtEcho = statistics.keepalivesSent
    }
    if statistics.received != received {
      received = statistics.received
      lastArrival = now
    }
    guard let cause = cause(observation, at: now) else {
      // Things are well again: the next cause is told as soon as the first was.
      if now >= nextAllowed, received > 0, now - lastArrival < Self.silence {
        wait = Self.waits.first
      }
      return nil
    }
    guard now >= nextAllowed else { return nil }
    nextAllowed = now + wait
    wait = min(2 * wait, Self.waits.longest)
    return cause
  }

  private func cause(_ observation: Observation, at now: Int64) -> Cause? {
    if var route = observation.routeAddress {
      route.port = observation.socketAddress.port
      if route != observation.socketAddress { return .addressChanged }
    }
    let statistics = observation.statistics
    if let announced, announced.received == received, now - announced.at >= Self.silence {
      return .silent
    }
    if echoes > 0, statistics.keepalivesSent >= keepalivesAtEcho + Self.unansweredKeepalives,
      now - lastArrival >= Self.silence
    {
      return .keepalivesUnanswered
    }
    if echoes > 0, statistics.keepalivesSent > keepalivesAtEcho,
      now - lastArrival >= Self.quiet
    {
      return .quiet
    }
    return nil
  }
}

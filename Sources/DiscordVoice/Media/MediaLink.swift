internal import RTP

/// The media socket of a connection, and what is known of its way.
struct MediaLink: Sendable {
  let connection: UInt32
  let ssrc: UInt32
  let socket: VoiceSocket
  /// Our address as the server sees it; nil before it was found out.
  var mapped: DatagramAddress?
  var watch: RouteWatch
  var isRediscovering = false
  /// Whether no answer changes nothing: it was too early to give the way up.
  var isOnlyAsking = false
  var unreachableTold: UInt64 = 0

  init(connection: UInt32, ssrc: UInt32, socket: VoiceSocket, now: Int64) {
    self.connection = connection
    self.ssrc = ssrc
    self.socket = socket
    watch = RouteWatch(at: now)
  }

  /// What is wrong with the way, if anything.
  mutating func check(at now: Int64) -> RouteWatch.Cause? {
    watch.check(
      RouteWatch.Observation(
        socketAddress: socket.localAddress,
        routeAddress: VoiceSocket.localAddress(towards: socket.remoteAddress),
        statistics: socket.statistics), at: now)
  }

  /// The gateway says of somebody else that they begin to speak.
  mutating func speechIsAnnounced(at now: Int64) {
    watch.speechIsAnnounced(received: socket.statistics.received, at: now)
  }

  /// How many errors of a missing route were not told yet; tells them.
  mutating func newlyUnreachable() -> Int {
    let count = socket.statistics.unreachable
    defer { unreachableTold = count }
    return Int(clamping: count - min(count, unreachableTold))
  }
}

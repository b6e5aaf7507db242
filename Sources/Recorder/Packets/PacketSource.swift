/// One SSRC of a connection: whose it is, and how it stands.
struct PacketSource: Sendable {
  var connection: UInt32
  var ssrc: UInt32
  /// Whom op 5 named last, kept for the counts when they left.
  var user: UInt64?
  /// Whether `user` is right now.
  var isMapped = false
  var isExcluded = false

  var packets: UInt64 = 0
  var sequence = SequenceCount()
  var lastArrival: Int64?
  var bucket: TokenBucket
  /// Packets over the cap that the key opened.
  var proven = SequenceWindow()

  // What the watch found.
  var opened: UInt64 = 0
  var failed: UInt64 = 0
  var lastOpened: Int64?
  /// Packets that the transport key opened: they come from the voice server.
  var authentic: UInt64 = 0
  var isFailing = false
  /// Packets until the next that is watched.
  var untilWatched = 0
  /// So many more are watched one after the other.
  var watchedFirst: Int

  init(connection: UInt32, ssrc: UInt32, limits: PacketLimits) {
    self.connection = connection
    self.ssrc = ssrc
    bucket = TokenBucket(perSecond: limits.packetsPerSource, burst: limits.burstPerSource)
    watchedFirst = limits.watchedFirst
  }

  var key: UInt64 { Self.key(connection, ssrc) }

  /// Nobody was named for it, and no packet of it proved to come from the server.
  var isUnproven: Bool { !isMapped && authentic == 0 }

  static func key(_ connection: UInt32, _ ssrc: UInt32) -> UInt64 {
    UInt64(connection) << 32 | UInt64(ssrc)
  }

  static func connection(ofKey key: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: key >> 32) }

  /// Whether the watch gets this packet: the first few, then one in so many, all while they fail.
  mutating func isWatched(limits: PacketLimits) -> Bool {
    if watchedFirst > 0 {
      watchedFirst -= 1
      untilWatched = limits.watchInterval
      return true
    }
    untilWatched -= 1
    guard untilWatched <= 0 || (isFailing && isMapped) else { return false }
    untilWatched = limits.watchInterval
    return true
  }
}

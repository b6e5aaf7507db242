/// How a recording stands at one moment, as the watchdog sees it.
package struct WatchdogSample: Sendable, Equatable {
  /// One user's packets on the present connection.
  package struct Sender: Sendable, Equatable {
    package var user: UInt64
    /// Counters that only grow.
    package var packets: UInt64
    package var opened: UInt64
    package var failed: UInt64

    package init(user: UInt64, packets: UInt64, opened: UInt64, failed: UInt64) {
      self.user = user
      self.packets = packets
      self.opened = opened
      self.failed = failed
    }
  }

  /// Nanoseconds of a clock that never steps.
  package var now: Int64
  /// The present connection, nil in a gap.
  package var connection: UInt32?
  /// Why there is none.
  package var gapCause: String?
  package var senders: [Sender] = []
  /// Voice packets that came.
  package var voice: UInt64 = 0
  /// Answers to our keepalives that came on the present connection.
  package var echoes: UInt64 = 0
  /// Datagrams of any kind that came.
  package var received: UInt64 = 0
  /// Lost by kernel, ring and disk.
  package var dropped: UInt64 = 0
  /// Over the caps.
  package var capped: UInt64 = 0
  package var freeBytes: Int64?
  package var freeSpaceFloor: Int64 = 0
  package var bytesWritten: UInt64 = 0
  /// When the write and the sync under way began, nanoseconds of the same clock.
  package var writingSince: Int64?
  package var syncingSince: Int64?
  package var diskError: String?
  package var keyLogError: String?
  package var isDeafened = false
  package var isAFK = false

  package init(now: Int64) { self.now = now }
}

/// What the watchdog wants done.
package enum WatchdogAction: Sendable, Equatable {
  case raise(Alert)
  /// The all-clear of a cause that was raised.
  case clear(Alert)
  /// The DAVE session is to be told that our keys must be wrong.
  case recoverDAVE
  /// The voice connection is to be made anew; the cause for the log.
  case reconnect(String)
}

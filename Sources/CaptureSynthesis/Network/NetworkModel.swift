/// A change of a delay or a clock from a time on.
package struct DelayStep: Sendable, Equatable {
  /// Nanoseconds from the session's zero.
  package var time: Int64
  /// Added to what was before, ns.
  package var change: Int64

  package init(time: Int64, change: Int64) {
    self.time = time
    self.change = change
  }
}

/// How much longer than the least delay packets take.
package enum Jitter: Sendable, Equatable {
  case none
  /// Exponential excess delay with this mean, ns. Its interarrival jitter (RFC 3550, 6.4.1) is the
  /// mean, too, if packets may pass each other.
  case exponential(mean: Int64)
  /// Uniform in 0..<width, ns.
  case uniform(width: Int64)

  func draw(_ random: inout SplitMix64) -> Int64 {
    switch self {
    case .none: return 0
    case .exponential(let mean):
      return min(Int64(random.exponential(mean: Double(mean))), 10 * mean)
    case .uniform(let width): return Int64(random.uniform() * Double(width))
    }
  }
}

/// The way from one sender to the recorder.
package struct NetworkModel: Sendable, Equatable {
  /// The least delay of the path, ns.
  package var baseDelay: Int64 = .milliseconds(30)
  /// Changes of route: steps of the least delay.
  package var routeChanges: [DelayStep] = []
  package var jitter = Jitter.none
  /// Queues keep the order, so jitter delays packets but does not swap them; false lets each
  /// packet go alone.
  package var keepsOrder = true
  /// Share of packets lost, each alone.
  package var lossShare = 0.0
  /// Everything that leaves the sender in these times is lost, ns.
  package var lossBursts: [Range<Int64>] = []
  /// Share of packets that are overtaken by the next ``reorderDepth`` ones.
  package var reorderShare = 0.0
  package var reorderDepth = 3
  /// Share of packets that arrive twice (one in ten of those three times).
  package var duplicateShare = 0.0
  /// What would arrive in these times arrives at once at their end, ns.
  package var stalls: [Range<Int64>] = []

  package init() {}

  /// The least delay for what leaves at `time`, ns.
  package func leastDelay(at time: Int64) -> Int64 {
    routeChanges.reduce(baseDelay) { $0 + ($1.time <= time ? $1.change : 0) }
  }
}

internal import DAVE

/// A participant of a simulated call with its session; speakers and the recorder alike.
struct CallClient {
  var session: DAVESession
  var random: SplitMix64
  /// No message overtakes another on its way, as on one TCP connection.
  var lastDown: Int64 = 0
  var lastUp: Int64 = 0

  init(user: UInt64, random: SplitMix64, isCommitting: Bool) {
    var random = random
    session = DAVESession(user: user, using: &random)
    session.isCommitting = isCommitting
    self.random = random
  }

  mutating func handle(_ event: DAVEEvent, at time: Int64) -> [DAVEAction] {
    session.handle(event, at: time, using: &random)
  }
}

/// Something that is under way in a simulated call, or due in it.
struct CallDelivery: Comparable, Sendable {
  enum Item: Sendable {
    case down(to: UInt64, DAVEEvent)
    case up(from: UInt64, DAVEAction)
    case join(UInt64)
    case leave(UInt64)
    /// A transition may have waited long enough.
    case tick
  }

  let time: Int64
  let order: UInt64
  let item: Item

  static func < (left: CallDelivery, right: CallDelivery) -> Bool {
    (left.time, left.order) < (right.time, right.order)
  }
  static func == (left: CallDelivery, right: CallDelivery) -> Bool { left.order == right.order }
}

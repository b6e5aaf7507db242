internal import DAVE

/// A participant of a simulated call with its session; speakers and the recorder alike.
struct CallClient {
  var session: DAVESession
  var random: SplitMix64
  /// Its session makes key packages and is in no group: in a large call most need not be.
  let isFollowing: Bool
  /// No message overtakes another on its way, as on one TCP connection.
  var lastDown: Int64 = 0
  var lastUp: Int64 = 0

  init(user: UInt64, random: SplitMix64, isCommitting: Bool, isFollowing: Bool) {
    var random = random
    self.isFollowing = isFollowing
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
    /// With the group's epoch as the message was sent.
    case down(to: UInt64, DAVEEvent, in: GroupEpoch)
    case up(from: UInt64, DAVEAction)
    case join(UInt64)
    case leave(UInt64)
    case change(EndToEndPlan.Change)
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

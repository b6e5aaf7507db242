internal import DAVE

/// Protocol version 0 of a simulated call, or the way there.
struct Downgrade {
  var waiting: Set<UInt64>
  var due: Int64
  var isDone = false
}

extension CallSimulation {
  /// Far from those of the group.
  static let downgradeTransition: UInt16 = 50_000

  mutating func make(_ change: EndToEndPlan.Change, at time: Int64) {
    switch change {
    case .downgrade:
      guard downgrade == nil else { return }
      downgrade = Downgrade(waiting: Set(connected), due: time + .seconds(2))
      for user in connected {
        send(
          .prepareTransition(id: Self.downgradeTransition, version: 0), to: user, at: time)
      }
      push(time + .seconds(2.1), .tick)
    case .upgrade, .recreation:
      downgrade = nil
      generation += 1
      var random = random.child(6).child(order)
      gateway = DAVEExternalSender(channel: gateway.channel, using: &random)
      for user in connected {
        send(.prepareEpoch(epoch: 1, version: 1), to: user, at: time)
        send(gateway.join(user), at: time)
      }
    }
  }

  /// Somebody is ready for the downgrade, or gone.
  mutating func ready(_ user: UInt64, at time: Int64) {
    downgrade?.waiting.remove(user)
    executeDowngrade(at: time)
  }

  mutating func executeDowngrade(at time: Int64) {
    guard let change = downgrade, !change.isDone, change.waiting.isEmpty || time >= change.due
    else { return }
    downgrade?.isDone = true
    for user in connected {
      send(.executeTransition(id: Self.downgradeTransition), to: user, at: time)
    }
  }
}

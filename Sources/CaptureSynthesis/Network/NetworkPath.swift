/// What the network made of one packet.
package struct Delivery: Sendable, Equatable {
  /// Arrival times in ns, the first copy first; empty: lost.
  package var arrivals: [Int64]
  /// The least delay of the network when the packet left, ns.
  package var leastDelay: Int64
}

/// One sender's way to the recorder, packet by packet.
package struct NetworkPath: Sendable {
  private let model: NetworkModel
  private var random: SplitMix64
  private var lastInOrder = Int64.min

  package init(_ model: NetworkModel, random: SplitMix64) {
    self.model = model
    self.random = random
  }

  /// Carries a packet that leaves at `sendTime` and is followed by another after `interval` ns.
  package mutating func deliver(sentAt sendTime: Int64, interval: Int64) -> Delivery {
    let leastDelay = model.leastDelay(at: sendTime)
    // All draws come first and in fixed number, so that one setting does not disturb the others.
    let excess = model.jitter.draw(&random)
    let isLost = random.chance(model.lossShare)
    let isReordered = random.chance(model.reorderShare)
    let isDuplicated = random.chance(model.duplicateShare)
    let isTripled = random.chance(0.1)
    let gap = Int64(random.uniform() * 30e6)

    if isLost || model.lossBursts.contains(where: { $0.contains(sendTime) }) {
      return Delivery(arrivals: [], leastDelay: leastDelay)
    }
    var arrival = sendTime + leastDelay + excess
    if isReordered {
      arrival += Int64(model.reorderDepth) * interval + .milliseconds(1)
    }
    for stall in model.stalls where stall.contains(arrival) { arrival = stall.upperBound }
    if model.keepsOrder, !isReordered {
      // 50 us apart: what a burst looks like behind a stall.
      if lastInOrder != Int64.min { arrival = max(arrival, lastInOrder + 50_000) }
      lastInOrder = arrival
    }
    var arrivals = [arrival]
    if isDuplicated { arrivals.append(arrival + gap) }
    if isDuplicated, isTripled { arrivals.append(arrival + 2 * gap) }
    return Delivery(arrivals: arrivals, leastDelay: leastDelay)
  }
}

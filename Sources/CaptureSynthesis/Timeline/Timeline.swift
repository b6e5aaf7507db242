/// Everything that reaches the recorder, in the order of time, made step by step.
///
/// Pure: no I/O, no clock, randomness from the plan's seed. What is held is what is under way in
/// the network, so memory does not grow with the length of the session.
package struct Timeline: Sendable {
  package let plan: CapturePlan
  var schedules: [PacketSchedule] = []
  var paths: [NetworkPath] = []
  /// The next packet of each speaker.
  var upcoming: [SentPacket?] = []
  var heap = BinaryHeap<TimelineEntry>()
  var order: UInt64 = 0
  var nextID: UInt64 = 0
  var announced: [Int] = []
  var counts: [StreamCounts]
  var noiseRandom: SplitMix64
  var forgeryRandom: SplitMix64
  var reportRandom: SplitMix64

  /// The most entries that were ever under way, as a measure of memory.
  package internal(set) var highWater = 0

  package init(_ plan: CapturePlan) {
    self.plan = plan
    let random = SplitMix64(seed: plan.seed)
    noiseRandom = random.child(0)
    forgeryRandom = random.child(UInt64.max - 1)
    reportRandom = random.child(UInt64.max)
    counts = Array(repeating: StreamCounts(), count: plan.speakers.count)
    announced = Array(repeating: -1, count: plan.speakers.count)
    for index in plan.speakers.indices {
      let own = random.child(UInt64(index) + 1)
      var schedule = PacketSchedule(speaker: index, plan: plan, random: own.child(1))
      upcoming.append(schedule.next())
      schedules.append(schedule)
      paths.append(NetworkPath(plan.speakers[index].network, random: own.child(2)))
    }
    planEvents()
  }

  /// The next step, or nil at the end of the session.
  package mutating func next() -> TimelineStep? {
    while true {
      let sending = earliestSpeaker()
      if let entry = heap.first, sending.map({ entry.time <= $0.time }) ?? true {
        _ = heap.pop()
        if let step = resolve(entry) { return step }
      } else if let sending {
        if let step = send(sending.index) { return step }
      } else {
        return nil
      }
    }
  }

  /// The speaker whose packet leaves next, and when.
  private func earliestSpeaker() -> (time: Int64, index: Int)? {
    var best: (time: Int64, index: Int)?
    for index in upcoming.indices {
      guard let time = upcoming[index]?.sendTime else { continue }
      if let best, best.time <= time { continue }
      best = (time, index)
    }
    return best
  }
}

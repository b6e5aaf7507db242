internal import CaptureLog

/// What is due at a time.
struct TimelineEntry: Comparable, Sendable {
  enum Item: Sendable {
    case packet(SentPacket, id: UInt64, copy: Int, isLast: Bool)
    case event(CaptureEvent)
    case connect(Int)
    case clock
    case report(speaker: Int)
    case keepalive(connection: Int, counter: UInt64, isOutbound: Bool)
    case noise(NoiseKind)
    case forgery(after: SentPacket, samples: Int)
  }

  let time: Int64
  /// Equal times keep the order in which they were queued.
  let order: UInt64
  let item: Item

  static func < (left: TimelineEntry, right: TimelineEntry) -> Bool {
    (left.time, left.order) < (right.time, right.order)
  }
  static func == (left: TimelineEntry, right: TimelineEntry) -> Bool {
    left.order == right.order
  }
}

extension Timeline {
  mutating func push(_ time: Int64, _ item: TimelineEntry.Item) {
    heap.push(TimelineEntry(time: time, order: order, item: item))
    order += 1
    highWater = max(highWater, heap.count)
  }

  mutating func push(_ time: Int64, _ payload: some CaptureEventPayload) {
    push(time, .event(CaptureEvent(payload, time: time)))
  }

  /// Makes a step of an entry that is due, and queues the next one of its kind.
  mutating func resolve(_ entry: TimelineEntry) -> TimelineStep? {
    let time = entry.time
    switch entry.item {
    case .packet(let packet, let id, let copy, let isLast):
      forge(after: packet, at: time)
      return .arrival(packet, id: id, time: time, copy: copy, isLast: isLast)
    case .event(let event):
      return .event(event)
    case .connect(let number):
      return .connect(number, time: time)
    case .clock:
      if time + plan.clockInterval < plan.duration { push(time + plan.clockInterval, .clock) }
      let offset = plan.wallClockSteps.reduce(0) { $0 + ($1.time <= time ? $1.change : 0) }
      return .clock(time: time, wallClockOffset: offset)
    case .report(let speaker):
      return report(of: speaker, at: time)
    case .keepalive(let connection, let counter, let isOutbound):
      return keepalive(connection, counter: counter, isOutbound: isOutbound, at: time)
    case .noise(let kind):
      return noise(kind, at: time)
    case .forgery(let packet, let samples):
      return .forgery(after: packet, samples: samples, time: time)
    }
  }

  private mutating func report(of speaker: Int, at time: Int64) -> TimelineStep? {
    let next = time + plan.reportInterval
    if next < plan.duration { push(next, .report(speaker: speaker)) }
    let network = plan.speakers[speaker].network
    let isLost = reportRandom.chance(network.lossShare)
    let senderTime = time - network.leastDelay(at: time)
    guard !isLost, let stream = schedules[speaker].stream(at: senderTime),
      let number = connection(at: time), stream.connection == UInt32(number)
    else { return nil }
    return .report(
      SenderReport(
        speaker: speaker, connection: stream.connection, ssrc: stream.ssrc,
        senderTime: senderTime, timestamp: schedules[speaker].timestamp(at: senderTime),
        packetCount: counts[speaker].packets, octetCount: counts[speaker].octets),
      time: time)
  }

  private mutating func keepalive(
    _ connection: Int, counter: UInt64, isOutbound: Bool, at time: Int64
  ) -> TimelineStep? {
    guard plan.connections[connection].active.contains(time) else { return nil }
    if isOutbound {
      push(
        time + .milliseconds(22),
        .keepalive(connection: connection, counter: counter, isOutbound: false))
      push(
        time + plan.keepaliveInterval,
        .keepalive(connection: connection, counter: counter + 1, isOutbound: true))
    }
    return .keepalive(
      connection: UInt32(connection), counter: counter, isOutbound: isOutbound, time: time)
  }

  private mutating func noise(_ kind: NoiseKind, at time: Int64) -> TimelineStep? {
    let gap = Int64(Double(plan.noise.interval) * (0.5 + noiseRandom.uniform()))
    let kinds = plan.noise.kinds
    let next = kinds[Int(noiseRandom.next() % UInt64(kinds.count))]
    if time + gap < plan.duration { push(time + gap, .noise(next)) }
    return connection(at: time).map { .noise(kind, connection: UInt32($0), time: time) }
  }

  /// Queues a forged packet between this one and the next.
  ///
  /// Its timestamp has gone on as the time has, as with a sender of shorter frames: it comes no
  /// earlier than speech does, so that what it does to a renderer is not to its clock. Unless that is
  /// the plan: then it comes at once.
  private mutating func forge(after packet: SentPacket, at time: Int64) {
    guard plan.noise.forgedShare > 0, forgeryRandom.chance(plan.noise.forgedShare) else { return }
    let end = plan.connections[Int(packet.connection)].active.upperBound
    if plan.noise.forgesAhead {
      let frames = [1, 1, 1, 2, 50, 40_000][Int(forgeryRandom.next() % 6)]
      let due = time + 500_000
      if due < end { push(due, .forgery(after: packet, samples: frames * packet.samples)) }
      return
    }
    let samples = [120, 240, 480][Int(forgeryRandom.next() % 3)]
    let due = time + Int64(samples) * 62_500 / 3
    if samples < packet.samples, due < end {
      push(due, .forgery(after: packet, samples: samples))
    }
  }

  /// The connection that is up at a time.
  func connection(at time: Int64) -> Int? {
    plan.connections.firstIndex { $0.active.contains(time) }
  }
}

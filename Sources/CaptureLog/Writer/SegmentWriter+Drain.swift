extension SegmentWriter {
  /// Encodes and writes one batch of what is queued, events between the datagrams they came
  /// between.
  mutating func writeBatch(_ reading: ClockReading) -> BatchResult {
    // The head first: an event queued before one of these datagrams is then surely among those
    // taken.
    let end = intake.ring.head
    intake.events.take(into: &pending)
    var position = intake.ring.tail
    var event = pendingStart
    var isFull = false
    while !isFull {
      if event < pending.count, pending[event].ringPosition <= position {
        isFull = !appendQueued(pending[event].item)
        if !isFull { event += 1 }
      } else if let next = appendPacket(from: position, end: end, isFull: &isFull) {
        position = next
      } else {
        break
      }
    }
    if batch.isEmpty { return .empty }
    guard write(reading) else { return .failed }
    return isFull ? .wroteSome : .wroteAll
  }

  /// The events that the writer itself owes: the clock every 10 s, drops once a second.
  mutating func appendOwnEvents(_ reading: ClockReading) {
    if clockWatch.isDue(reading) { appendEvent(.own, clockWatch.event(reading)) }
    if reading.boottime &- lastReport >= 1_000_000_000 || lastReport == .min {
      appendReports(reading)
    }
  }

  /// `drops` and `stamps` events for what was counted since the last ones.
  mutating func appendReports(_ reading: ClockReading) {
    lastReport = reading.boottime
    let counts = intake.counts
    let time = max(0, intake.sessionClock.time(atBoottime: reading.boottime))
    var report = reported
    if counts.ring > report.ring {
      let drops = DropsEvent(where: "ring", packets: counts.ring - report.ring)
      report.ring = counts.ring
      appendEvent(.report(report), CaptureEvent(drops, time: time))
    }
    if counts.disk > report.disk {
      let drops = DropsEvent(where: "disk", packets: counts.disk - report.disk)
      report.disk = counts.disk
      appendEvent(.report(report), CaptureEvent(drops, time: time))
    }
    if counts.stamps > report.stamps {
      let stamps = StampsEvent(replaced: counts.stamps - report.stamps)
      report.stamps = counts.stamps
      appendEvent(.report(report), CaptureEvent(stamps, time: time))
    }
    let events = intake.events.dropped
    if events > report.events {
      let drops = EventDropsEvent(events: events - report.events)
      report.events = events
      appendEvent(.report(report), CaptureEvent(drops, time: time))
    }
  }

  /// For the writer's own events, which are small and come first in a batch.
  mutating func appendEvent(_ origin: BlockBatch.Origin, _ event: CaptureEvent) {
    guard let block = try? BlockEncoder.journal(number: batch.nextNumber, event: event) else {
      return
    }
    batch.append(origin, block)
  }

  /// False when the batch is full.
  private mutating func appendQueued(_ item: QueuedItem) -> Bool {
    switch item {
    case .event(let event):
      do throws(CaptureError) {
        let block = try BlockEncoder.journal(number: batch.nextNumber, event: event)
        guard batch.hasRoom(for: block.count) else { return false }
        batch.append(.queued(isEvent: true), block)
      } catch {
        intake.events.countDropped(1)
        batch.skip(.queued(isEvent: false))
      }
      return true
    case .connection(let number, let addresses):
      know(number)
      connections[Int(number)] = addresses
      guard declare(through: number) else { return false }
      batch.skip(.queued(isEvent: false))
      return true
    }
  }

  /// Returns the position behind the datagram, nil when there is none or no room.
  private mutating func appendPacket(
    from position: UInt64, end: UInt64, isFull: inout Bool
  ) -> UInt64? {
    var isRefused = false
    let next = intake.ring.next(from: position, end: end) { packet, payload, behind in
      know(packet.connection)
      let addresses = connections[Int(packet.connection)]
      let size = BlockEncoder.packetSize(
        payload: payload.count, addresses: addresses, isOutbound: packet.isOutbound)
      guard declare(through: packet.connection), batch.hasRoom(for: size) else {
        isRefused = true
        return false
      }
      batch.append(packet, payload, addresses: addresses, releaseTo: behind)
      return true
    }
    if isRefused { isFull = true }
    return next
  }

  /// Makes room for a connection that was never added; its packets still count.
  private mutating func know(_ connection: UInt32) {
    while connections.count <= connection { connections.append(.unknown) }
  }

  /// Interface blocks for the connections of this segment up to `connection`.
  mutating func declare(through connection: UInt32) -> Bool {
    var number = UInt32(declared + batch.interfaces)
    while number <= connection {
      let block = BlockEncoder.interface(number: batch.nextNumber, connection: number)
      guard batch.hasRoom(for: block.count) else { return false }
      batch.append(.interface, block)
      number += 1
    }
    return true
  }
}

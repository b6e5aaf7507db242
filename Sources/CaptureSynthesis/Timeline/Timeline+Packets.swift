internal import CaptureLog

/// What a sender report says of a stream.
struct StreamCounts: Sendable {
  var stream = -1
  var packets: UInt32 = 0
  var octets: UInt32 = 0

  mutating func count(_ packet: SentPacket) {
    if packet.stream != stream { self = StreamCounts(stream: packet.stream) }
    packets &+= 1
    // 64 kbit/s: reports give the order of size, nobody reads more into it.
    octets &+= UInt32(packet.samples / 6)
  }
}

extension Timeline {
  /// Sends the next packet of a speaker through the network.
  mutating func send(_ speaker: Int) -> TimelineStep? {
    guard let packet = upcoming[speaker] else { return nil }
    upcoming[speaker] = schedules[speaker].next()
    announceLate(packet)
    let interval = Int64(packet.samples) * 1_000_000_000 / 48_000
    let delivery = paths[speaker].deliver(sentAt: packet.sendTime, interval: interval)
    let end = plan.connections[Int(packet.connection)].active.upperBound
    let heard = delivery.arrivals.filter { $0 < end }
    let id = nextID
    nextID += 1
    for (copy, time) in heard.enumerated() {
      push(time, .packet(packet, id: id, copy: copy, isLast: copy == heard.count - 1))
    }
    counts[speaker].count(packet)
    let fate: PacketFate =
      delivery.arrivals.isEmpty ? .lost : heard.isEmpty ? .unheard : .delivered
    let truth = TruthRecord(
      speaker: speaker, spurt: packet.spurt, connection: packet.connection, ssrc: packet.ssrc,
      sequence: packet.sequence, timestamp: packet.timestamp, samples: packet.samples,
      kind: packet.content.kind, trueTime: packet.trueTime,
      leastDelay: packet.senderDelay + delivery.leastDelay, arrival: heard.first, fate: fate,
      duplicates: max(heard.count - 1, 0), position: packet.content.position,
      isFirstOfSpurt: packet.isFirstOfSpurt)
    return .sent(packet, id: id, truth: truth)
  }

  /// Queues the mapping of a stream whose first packet leaves, where it is to come late.
  private mutating func announceLate(_ packet: SentPacket) {
    guard announced[packet.speaker] != packet.stream else { return }
    announced[packet.speaker] = packet.stream
    let speaker = plan.speakers[packet.speaker]
    guard case .late(let delay) = speaker.mapping else { return }
    push(
      packet.sendTime + delay,
      SpeakingEvent(
        connection: packet.connection, user: speaker.mappedUser ?? speaker.user,
        ssrc: packet.ssrc, speaking: 1))
  }
}

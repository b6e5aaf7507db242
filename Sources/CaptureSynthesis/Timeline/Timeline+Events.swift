internal import CaptureLog

extension Timeline {
  /// Queues what is known beforehand: connections, joins, leaves, and the first of what recurs.
  mutating func planEvents() {
    push(0, VoiceServerEvent(endpoint: "simulated.tapedeck.invalid:443"))
    if plan.clockInterval > 0 { push(0, .clock) }
    for (number, connection) in plan.connections.enumerated() {
      planConnection(number, connection)
    }
    for (index, speaker) in plan.speakers.enumerated() {
      for stream in schedules[index].streamPlans { planStream(stream, of: speaker) }
      // Reports of different senders do not come at once.
      if plan.reportInterval > 0 {
        let phase = Int64(reportRandom.uniform() * Double(plan.reportInterval))
        push(.milliseconds(200) + phase, .report(speaker: index))
      }
    }
    if plan.noise.interval > 0, let kind = plan.noise.kinds.first {
      push(.milliseconds(100), .noise(kind))
    }
    push(plan.duration, LeaveEvent(reason: "simulation ends"))
  }

  private mutating func planConnection(_ number: Int, _ connection: ConnectionPlan) {
    let start = connection.active.lowerBound
    push(start, .connect(number))
    if plan.keepaliveInterval > 0 {
      push(
        start + .milliseconds(5), .keepalive(connection: number, counter: 0, isOutbound: true))
    }
    let present = plan.speakers.filter { speaker in
      (speaker.presence ?? [0..<plan.duration]).contains { $0.contains(start) }
    }
    if !present.isEmpty {
      push(start, ClientConnectEvent(connection: UInt32(number), users: present.map(\.user)))
    }
    if let reason = connection.endReason {
      push(
        connection.active.upperBound,
        DisconnectEvent(
          connection: UInt32(number), code: connection.closeCode, reason: reason))
    }
  }

  private mutating func planStream(_ stream: StreamPlan, of speaker: SpeakerPlan) {
    let start = stream.active.lowerBound
    let isThereAlready =
      plan.connections[Int(stream.connection)].active.lowerBound == start
    if stream.joins, !isThereAlready {
      push(start, ClientConnectEvent(connection: stream.connection, users: [speaker.user]))
    }
    if speaker.mapping == .before {
      push(
        start,
        SpeakingEvent(
          connection: stream.connection, user: speaker.mappedUser ?? speaker.user,
          ssrc: stream.ssrc, speaking: 0))
    }
    if stream.leaves {
      push(
        stream.active.upperBound,
        ClientDisconnectEvent(connection: stream.connection, user: speaker.user))
    }
  }
}

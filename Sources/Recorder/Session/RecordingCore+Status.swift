internal import CaptureLog
internal import DiscordREST
internal import DiscordVoice
internal import Synchronization

/// The snapshot for live view and metrics.
extension RecordingCore {
  /// How long after a packet its sender counts as speaking, nanoseconds.
  private static let speakingTime: Int64 = 300_000_000

  var status: RecordingStatus {
    let counts = parts.filter.counts
    let written = writer.status
    let udp = voice?.udpCounters ?? VoiceUDPCounters()
    let now = self.now
    return state.withLock { state in
      var status = RecordingStatus(
        capture: writer.session.id, folder: writer.folder, guild: options.guild,
        channel: ID(Snowflake(state.book.channel)))
      status.guildName = writer.session.guildName
      status.channelName = state.channelName
      status.elapsed = .nanoseconds(state.joinedAt.map { max(0, now &- $0) } ?? 0)
      status.connection = state.connection
      status.connections = state.connections
      status.reconnects = state.reconnects
      status.encryption = state.encryption
      status.speakers = speakers(state, counts, now)
      status.packets = counts.voice
      status.kinds = counts.kinds
      status.counted = counts.counted
      status.undecryptable = counts.undecryptable
      status.lastPacketAge = counts.lastArrival.map { .nanoseconds(max(0, now &- $0)) }
      status.bytesWritten = written.bytesWritten
      status.queueBytes = written.queueBytes
      status.drops.kernel = udp.kernelDrops
      status.drops.ring = written.droppedRing
      status.drops.disk = written.droppedDisk
      status.drops.cap = counts.capped
      status.freeBytes = written.freeBytes
      status.alerts = state.alerts
      status.warnings = state.warnings
      status.marks = state.marks
      return status
    }
  }

  private func speakers(
    _ state: RecordingState, _ counts: PacketCounts, _ now: Int64
  ) -> [RecordingStatus.Speaker] {
    var packets: [UInt64: UInt64] = [:]
    var lost: [UInt64: UInt64] = [:]
    var last: [UInt64: Int64] = [:]
    for stream in counts.streams {
      guard let user = stream.user else { continue }
      packets[user, default: 0] &+= stream.packets
      lost[user, default: 0] &+= stream.lost
      if let arrival = stream.lastArrival { last[user] = max(last[user] ?? arrival, arrival) }
    }
    return state.book.people.map { person in
      let isExcluded = state.exclusions.users.contains(person.id)
      return RecordingStatus.Speaker(
        id: ID(Snowflake(person.id)), name: person.names.displayName ?? "\(person.id)",
        isBot: person.names.isBot, isPresent: person.isPresent,
        isSpeaking: last[person.id].map { now &- $0 < Self.speakingTime } ?? false,
        isExcluded: isExcluded, packets: isExcluded ? 0 : packets[person.id] ?? 0,
        lost: lost[person.id] ?? 0)
    }
  }
}

extension PacketCounts {
  /// Over the caps of rate and of SSRCs.
  var capped: UInt64 { (counted["cap"] ?? 0) &+ (counted["unknown_ssrc"] ?? 0) }
}

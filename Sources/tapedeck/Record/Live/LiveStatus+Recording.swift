internal import DiscordREST
internal import Recorder

extension LiveStatus {
  /// What the view shows of a recorder's snapshot.
  init(_ status: RecordingStatus) {
    self.init()
    guild = status.guildName ?? status.guild.description
    channel = status.channelName ?? status.channel.description
    elapsed = status.elapsed / .seconds(1)
    connection =
      switch status.connection {
      case .joining: .joining
      case .connected: .recording
      case .reconnecting: .reconnecting
      case .ended: .ended
      }
    speakers = status.speakers.filter { $0.packets > 0 || $0.isPresent }.map { speaker in
      Speaker(
        id: speaker.id.description,
        name: speaker.isExcluded ? "\(speaker.name) [not recorded]" : speaker.name,
        isBot: speaker.isBot, isTalking: speaker.isSpeaking,
        packets: Int64(clamping: speaker.packets), lost: Int64(clamping: speaker.lost))
    }
    endToEnd =
      switch status.encryption {
      case .unknown, .pending: .pending
      case .off: .off
      case .stage: .stage
      case .on(_, let code): .on(privacyCode: code)
      }
    packets = Int64(clamping: status.packets)
    bytes = Int64(clamping: status.bytesWritten)
    drops = Int64(clamping: status.drops.total)
    diskFree = status.freeBytes
    warnings = status.alerts.map(\.message)
  }
}

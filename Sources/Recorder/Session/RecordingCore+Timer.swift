internal import CaptureLog
internal import DiscordREST
internal import DiscordVoice
internal import Logging
internal import Synchronization

/// What happens twice a second.
extension RecordingCore {
  static let interval: Duration = .milliseconds(500)
  /// Drops are told in the capture this often, nanoseconds.
  private static let dropsInterval: Int64 = 10_000_000_000
  private static let listInterval: Int64 = 2_000_000_000

  func tick() {
    let reading = parts.captureClock.read()
    parts.filter.tick(now: reading.boottime)
    watch()
    tellDiskErrors()
    reportDrops(at: reading.boottime, isLast: false)
    // Every ten seconds: each attempt that fails may leave a file behind.
    if (reading.boottime / 500_000_000) % 20 == 0 { parts.keys.retry() }
    readExclusions(at: reading.boottime)
    checkStopRules(reading)
    repeatNotice(at: reading.boottime)
    hub.send(.status(status))
  }

  // MARK: Watchdog

  func watch() {
    let sample = self.sample()
    // The connection may have changed since the counters were read: it is judged as it is now.
    let actions = state.withLock { state in
      guard state.joinedAt != nil, state.connection != .ended else { return [WatchdogAction]() }
      var sample = sample
      sample.connection = state.number
      sample.gapCause = state.gapCause
      sample.isDeafened = state.isDeafened
      sample.isAFK = state.isAFK
      sample.echoes = sample.echoes &- min(sample.echoes, state.echoesBefore)
      sample.senders = sample.senders.filter { _ in state.number != nil }
      return state.watchdog.observe(sample)
    }
    for action in actions { perform(action) }
  }

  private func perform(_ action: WatchdogAction) {
    switch action {
    case .raise(let alert), .clear(let alert): tell(alert)
    case .recoverDAVE:
      warn("unreadable", "speech does not open: asking for new keys")
      Task { [voice] in await voice?.framesUnreadable() }
    case .reconnect(let why):
      warn("reconnect", "making a new voice connection: \(why)")
      Task { [voice] in await voice?.reconnect(why) }
    }
  }

  private func sample() -> WatchdogSample {
    let counts = parts.filter.counts
    let status = writer.status
    let udp = voice?.udpCounters ?? VoiceUDPCounters()
    let number = state.withLock { $0.number }
    var sample = WatchdogSample(now: now)
    sample.received = counts.received
    sample.voice = counts.streams.reduce(0) { $0 &+ $1.packets }
    sample.echoes = echoes
    var senders: [UInt64: WatchdogSample.Sender] = [:]
    for stream in counts.streams where stream.connection == number {
      guard let user = stream.user else { continue }
      var sender =
        senders[user] ?? WatchdogSample.Sender(user: user, packets: 0, opened: 0, failed: 0)
      sender.packets &+= stream.packets
      sender.opened &+= stream.opened
      sender.failed &+= stream.failed
      senders[user] = sender
    }
    sample.senders = senders.values.sorted { $0.user < $1.user }
    sample.dropped = udp.kernelDrops &+ status.droppedRing &+ status.droppedDisk
    sample.capped = counts.capped
    sample.freeBytes = status.freeBytes
    sample.freeSpaceFloor = options.writer.freeSpaceFloor
    sample.bytesWritten = status.bytesWritten
    sample.writingSince = status.writingSince
    sample.syncingSince = status.syncingSince
    sample.diskError = status.currentError?.message
    sample.keyLogError = parts.keys.failure
    return sample
  }

  /// A failed write or sync ends a segment, and another is begun: told also when the disk takes data
  /// again before the alarm is due.
  private func tellDiskErrors() {
    let status = writer.status
    let isNews = state.withLock { state in
      let errors = status.writeErrors &+ status.syncErrors
      defer { state.diskErrors = errors }
      return errors > state.diskErrors && !state.alerts.contains { $0.cause == .diskError }
    }
    guard isNews, let error = status.lastError else { return }
    warn(
      "disk",
      "\(error.message): the recording goes on in a new segment as soon as one can be begun; look "
        + "after the disk")
  }

  // MARK: Drops

  /// Tells in the capture what is counted and not stored; the writer itself tells `ring` and `disk`.
  func reportDrops(at now: Int64, isLast: Bool) {
    var counted = parts.filter.counts.counted
    counted["kernel"] = voice?.udpCounters.kernelDrops ?? 0
    let news = state.withLock { state -> [(String, UInt64)] in
      guard isLast || now &- state.reportedAt >= Self.dropsInterval else { return [] }
      state.reportedAt = now
      var news: [(String, UInt64)] = []
      for (kind, number) in counted.sorted(by: { $0.key < $1.key }) {
        let before = state.reported[kind] ?? 0
        guard number > before else { continue }
        state.reported[kind] = number
        news.append((kind, number - before))
      }
      return news
    }
    for (kind, number) in news { writer.append(DropsEvent(where: kind, packets: number)) }
  }

  // MARK: Rules

  private func checkStopRules(_ reading: ClockReading) {
    if writer.status.isStopped {
      let error = writer.status.lastError
      let isFull = error?.code == .noSpace || error == nil
      requestStop(
        StopRequest(
          reason: isFull ? .diskFull : .diskError, word: isFull ? "disk_full" : "disk_error",
          message: error?.message ?? "the disk is full", exitCode: 75))
      return
    }
    let verdict = state.withLock { state in
      let present = state.book.present
      let bots = present.count { $0.names.isBot }
      return state.stopRules?.check(
        StopRuleWatch.Input(
          now: reading.boottime, wallTime: reading.realtime, people: present.count - bots,
          bots: bots))
    }
    guard let verdict else { return }
    requestStop(
      StopRequest(
        reason: verdict.reason, word: verdict.reason.rawValue, message: verdict.message,
        exitCode: nil))
  }

  private func readExclusions(at now: Int64) {
    let list = state.withLock { state -> ExclusionList? in
      guard state.exclusions.exists, now &- state.exclusionsReadAt >= Self.listInterval else {
        return nil
      }
      state.exclusionsReadAt = now
      return state.exclusions
    }
    guard var list else { return }
    let before = list.users
    do {
      guard try list.refresh() else { return }
    } catch {
      state.withLock { $0.exclusions = list }
      warn("opt_out", "the opt-out list cannot be read, and stays as it was: \(error)")
      return
    }
    let after = list.users
    state.withLock { $0.exclusions = list }
    parts.filter.setExcluded(after)
    for user in after.symmetricDifference(before).sorted() {
      note(ExclusionEvent(user: "\(user)", excluded: after.contains(user)))
    }
  }

  private func repeatNotice(at now: Int64) {
    guard let consent = parts.consent else { return }
    let due = state.withLock { state -> (channel: UInt64, name: String?)? in
      guard state.number != nil, state.schedule?.isDue(at: now) == true else { return nil }
      state.schedule?.posted(at: now)
      return (state.book.channel, state.channelName)
    }
    guard let due else { return }
    Task { [self] in
      do {
        _ = try await consent.post(
          in: ID(Snowflake(due.channel)), name: due.name, isRepeated: true)
      } catch {
        warn("notice", "the notice cannot be posted again: \(error)")
      }
    }
  }
}

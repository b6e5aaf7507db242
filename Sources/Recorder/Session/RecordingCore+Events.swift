internal import CaptureLog
internal import DiscordREST
internal import DiscordVoice
internal import Logging
internal import Synchronization

/// What the voice session tells, after it is in the capture.
extension RecordingCore {
  func take(_ event: VoiceEvent) {
    let now = self.now
    switch event {
    case .connected(let info): connected(info, now)
    case .resumed(let connection): endGap(connection, now)
    case .disconnected(_, _, let cause): beginGap(cause, now)
    case .speaking(_, let user, _, let flags):
      let changes = state.withLock { state in
        state.watchdog.speaking(user, flags: flags, at: now)
        return state.book.connected([user])
      }
      apply(changes)
    case .clientsConnected(_, let users):
      apply(state.withLock { $0.book.connected(users) })
    case .clientDisconnected(_, let user):
      apply(
        state.withLock { state in
          state.watchdog.left(user)
          return state.book.disconnected(user)
        })
    case .voiceState(let json):
      apply(state.withLock { $0.book.apply(voiceState: json) })
    case .daveEpoch(_, let code):
      if let code { state.withLock { $0.privacyCode = code } }
    case .daveState(_, let encryption):
      state.withLock { $0.noteEncryption(encryption) }
    case .ownVoiceState(let channel, _, let deaf, _):
      state.withLock { state in
        state.isDeafened = deaf
        state.isAFK = channel != nil && channel == state.afkChannel
      }
      // Told within 2 s whatever the timer does.
      watch()
    case .moved(let channel): moved(to: channel, now)
    case .ended(let end): ended(end)
    case .voiceServer, .videoSSRC, .daveReady, .daveExecuted, .davePlaintext, .daveWarning, .udp,
      .unknown:
      break
    }
  }

  private func connected(_ info: VoiceConnectionInfo, _ now: Int64) {
    let echoes = self.echoes
    let isFirst = state.withLock { state in
      state.book.beginConnection()
      state.connections += 1
      state.number = info.number
      state.connection = .connected
      state.echoesBefore = echoes
      state.remote[info.number] = info.remote
      if info.isStage { state.encryption = .stage }
      defer {
        if state.joinedAt == nil {
          state.joinedAt = now
          state.stopRules = StopRuleWatch(options.stopRules, start: now)
        }
      }
      return state.joinedAt == nil
    }
    if !isFirst { endGap(info.number, now) }
    parts.logger.info(
      "connected", metadata: metadata(["connection": "\(info.number)", "mode": "\(info.mode)"]))
  }

  private func beginGap(_ cause: String, _ now: Int64) {
    // How the stay ends is no gap.
    guard cause != "left" else { return }
    let isNew = state.withLock { state in
      state.reconnects[cause, default: 0] += 1
      state.number = nil
      state.connection = .reconnecting(cause)
      guard state.gapSince == nil, state.joinedAt != nil else { return false }
      state.gapSince = now
      state.gapCause = cause
      return true
    }
    guard isNew else { return }
    note(GapEvent(state: GapEvent.begins, cause: cause))
    parts.logger.warning("no voice connection", metadata: metadata(["cause": "\(cause)"]))
  }

  private func endGap(_ connection: UInt32, _ now: Int64) {
    let gap = state.withLock { state in
      state.number = connection
      state.connection = .connected
      defer {
        state.gapSince = nil
        state.gapCause = nil
      }
      return state.gapSince.map { (now &- $0, state.gapCause ?? "") }
    }
    guard let (length, cause) = gap else { return }
    note(GapEvent(state: GapEvent.ends, cause: cause, milliseconds: length / 1_000_000))
    watch()
  }

  private func moved(to channel: UInt64, _ now: Int64) {
    let changes = state.withLock { state in
      state.isAFK = channel == state.afkChannel
      state.channelName = nil
      return state.book.move(to: channel)
    }
    apply(changes)
    hub.send(.event(kind: MovedEvent.kind, message: "moved to channel \(channel)"))
    watch()
    guard let consent = parts.consent else { return }
    Task { [self] in
      do {
        _ = try await consent.post(in: ID(Snowflake(channel)), name: nil)
        let now = self.now
        state.withLock { state in
          let present = Set(state.book.present.map(\.id))
          state.schedule = NoticeSchedule(
            isRepeated: options.notice?.isRepeated ?? false, present: present, now: now)
        }
      } catch let error as RecorderError where error.code == .notPermitted {
        requestStop(
          StopRequest(
            reason: .notPermitted, word: "notice_refused", message: error.message, exitCode: 77))
      } catch {
        warn("notice", "the notice cannot be posted in the new channel: \(error)")
      }
    }
  }

  private func ended(_ end: VoiceEnd) {
    state.withLock { state in
      state.number = nil
      state.connection = .ended
    }
    requestStop(StopRequest(end))
  }

  private func apply(_ changes: [CallBook.Change]) {
    for change in changes {
      switch change {
      case .joined(let user): noteArrival(user)
      case .left(let user):
        let isBot = state.withLock { state in
          state.schedule?.left(user)
          return state.book.person(user)?.names.isBot ?? false
        }
        note(ParticipantEvent(user: "\(user)", state: "left", bot: isBot))
      case .named(let user, let names): store(names, of: user)
      case .camera(let user, let isOn): note(user, isOn ? "camera_on" : "camera_off")
      case .stream(let user, let isOn): note(user, isOn ? "stream_on" : "stream_off")
      }
    }
  }

  private func noteArrival(_ user: UInt64) {
    let (isBot, isEarly, isExcluded) = state.withLock { state in
      let isBot = state.book.person(user)?.names.isBot ?? false
      if !isBot { state.schedule?.joined(user) }
      return (isBot, state.joinedAt == nil, state.exclusions.users.contains(user))
    }
    note(ParticipantEvent(user: "\(user)", state: isEarly ? "present" : "joined", bot: isBot))
    if isExcluded { note(ExclusionEvent(user: "\(user)", excluded: true)) }
  }

  func note(_ user: UInt64, _ what: String) {
    let isBot = state.withLock { $0.book.person(user)?.names.isBot ?? false }
    note(ParticipantEvent(user: "\(user)", state: what, bot: isBot))
  }

  /// Names lie sealed in the key log; those of excluded users nowhere.
  private func store(_ names: ProfileNames, of user: UInt64) {
    guard !isExcluded(user) else { return }
    let record = KeyRecord(time: writer.now, .profile(user: "\(user)", names: names))
    Task { [parts] in await parts.keys.store([record]) }
  }

  func isExcluded(_ user: UInt64) -> Bool {
    state.withLock { $0.exclusions.users.contains(user) }
  }
}

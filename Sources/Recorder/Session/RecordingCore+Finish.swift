internal import CaptureLog
internal import DiscordREST
internal import DiscordVoice
internal import Logging
internal import Synchronization
internal import Threads

/// The life of a recording, and its end within deadlines of its own.
extension RecordingCore {
  /// What each step of the end may take.
  enum Deadlines {
    static let leave: Duration = .seconds(5)
    static let nickname: Duration = .seconds(5)
    static let keys: Duration = .seconds(5)
    static let writer: Duration = .seconds(10)
    /// Alerts that still wait when the recording is stopped as somebody wants.
    static let alerts: Duration = .seconds(5)
    /// Everything that a target may take, and a little to note its failure: that a recording has
    /// ended by itself must arrive.
    static let ended: Duration = AlertDispatcher.timeout + .seconds(1)
  }

  /// Runs until the recording ends; started once.
  func run() async {
    let timer = Task { [self] in
      while parts.isTimed, !Task.isCancelled {
        do { try await parts.clock.sleep(for: Self.interval) } catch { return }
        tick()
      }
    }
    let watcher = Task { [self] in
      if let voice { requestStop(StopRequest(await voice.end)) }
    }
    let request = await stopRequest.value
    timer.cancel()
    watcher.cancel()
    await finish(request)
  }

  private func finish(_ request: StopRequest) async {
    let clock = parts.clock
    let channel = ID<Channel>(Snowflake(state.withLock { $0.book.channel }))
    async let nickname: Void = restoreNickname(in: channel)
    if let voice {
      do {
        try await withTimeout(Deadlines.leave, clock: clock) { await voice.leave() }
      } catch {
        warn("leave", "leaving the channel was not confirmed: \(error)")
      }
    }
    _ = await nickname
    reportDrops(at: now, isLast: true)
    writer.append(LeaveEvent(reason: request.word))
    state.withLock { state in
      state.connection = .ended
      state.number = nil
    }
    let hasKeys = await parts.keys.finish(atMost: Deadlines.keys)
    let problem = await finishWriter(reason: request.word)
    let isComplete = problem == nil && hasKeys
    var message = request.message
    // At the floor of free space both say the same.
    if let problem, problem != message { message += "; \(problem)" }
    if !hasKeys { message += "; not all keys are stored" }
    var exitCode = request.exitCode ?? Self.exitCode(request.reason)
    if !isComplete, exitCode == 0 { exitCode = 75 }
    parts.lock.release()
    let isNews =
      (exitCode != 0 || !request.reason.isIntended) && state.withLock { $0.joinedAt != nil }
    if isNews { tell(Alert(.ended, "the recording has ended: \(message)", time: 0)) }
    await parts.alerts.finish(
      atMost: isNews ? Deadlines.ended : Deadlines.alerts, clock: clock)
    let end = RecordingEnd(
      reason: request.reason, message: message, exitCode: exitCode, capture: writer.folder,
      status: status, isComplete: isComplete)
    parts.logger.notice(
      "recording ended", metadata: metadata(["reason": "\(end.reason.rawValue)"]))
    self.end.set(end)
    hub.finish(end)
  }

  private func restoreNickname(in channel: ID<Channel>) async {
    guard let consent = parts.consent else { return }
    do {
      try await withTimeout(Deadlines.nickname, clock: parts.clock) {
        await consent.restoreNickname(in: channel)
      }
    } catch {
      warn("nickname", "the nickname was not restored in time; the next recording tries again")
    }
  }

  /// The writer waits for the disk, for ever if that hangs, so it gets a thread of its own.
  ///
  /// - Returns: what is wrong; nil when all is stored.
  private func finishWriter(reason: String) async -> String? {
    let done = Once<String?>()
    do throws(ThreadError) {
      _ = try JoinableThread { [writer] in
        do throws(CaptureError) {
          try writer.finish(reason: reason)
          done.set(nil)
        } catch {
          done.set(error.message)
        }
      }
    } catch {
      return "\(error)"
    }
    do {
      return try await withTimeout(Deadlines.writer, clock: parts.clock) { await done.value }
    } catch {
      let since = writer.status.storedTime.map {
        UTCTime.text(unixNanoseconds: $0, fractionDigits: 0)
      }
      return "the disk does not answer: what was said since \(since ?? "the beginning") may not be "
        + "stored"
    }
  }

  static func exitCode(_ reason: RecordingEnd.Reason) -> Int32 {
    switch reason {
    case .stopped, .duration, .until, .empty, .onlyBots, .kicked, .moved, .callEnded: 0
    case .diskFull, .diskError, .gatewayStopped: 75
    case .notPermitted: 77
    case .channelFull, .encryptionRequired, .refused: 69
    case .failed: 70
    }
  }
}

extension RecordingCore.StopRequest {
  /// Of a stay that ended by itself.
  init(_ end: VoiceEnd) {
    let reason: RecordingEnd.Reason =
      switch end.reason {
      case .left: .stopped
      case .kicked: .kicked
      case .moved: .moved
      case .callEnded: .callEnded
      case .channelFull: .channelFull
      case .daveRequired: .encryptionRequired
      case .rateLimited: .refused
      case .notPermitted: .notPermitted
      case .refused: .failed
      case .notJoined, .gatewayStopped: .gatewayStopped
      }
    self.init(
      reason: reason, word: end.reason.rawValue, message: end.message, exitCode: end.exitCode)
  }
}

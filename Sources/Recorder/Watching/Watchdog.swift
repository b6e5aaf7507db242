/// Sees to it that nobody learns after the meeting that it was not recorded: acts first, then
/// tells, once a cause, with an all-clear.
///
/// Pure: it is given what the gateway says and, at least twice a second, a sample.
package struct Watchdog: Sendable {
  /// Times in nanoseconds.
  package enum Limits {
    /// What does not open: DAVE recovery, a new connection, the alert.
    package static let recoverAfter: Int64 = 3_000_000_000
    package static let recoverInterval: Int64 = 31_000_000_000
    package static let unreadableReconnectAfter: Int64 = 8_000_000_000
    package static let unreadableAlertAfter: Int64 = 10_000_000_000
    /// What does not arrive: the voice session has tried another socket by then.
    package static let silentReconnectAfter: Int64 = 8_000_000_000
    package static let silentAlertAfter: Int64 = 10_000_000_000
    /// A keepalive without an answer: the voice session asks for one.
    package static let quietAfter: Int64 = 6_000_000_000
    /// Three keepalives without an answer.
    package static let echoTimeout: Int64 = 16_000_000_000
    package static let gapAlertAfter: Int64 = 10_000_000_000
    package static let reconnectInterval: Int64 = 60_000_000_000
    /// No drops for so long: the all-clear.
    package static let dropsClearAfter: Int64 = 30_000_000_000
    /// A call of the writer's that does not come back, a second before it is told: the writer takes
    /// 20 ms, a sync seldom more than a second.
    package static let writeTimeout: Int64 = 4_000_000_000
    package static let syncTimeout: Int64 = 9_000_000_000
    /// How long the space must last at the present rate.
    package static let diskReserveSeconds: Int64 = 600
  }

  var latches: [Alert.Cause: AlarmLatch]
  var opening = OpeningWatch()
  /// When a user began to speak by the gateway, and nothing of anybody came since.
  var speakingSince: [UInt64: Int64] = [:]
  private var last: WatchdogSample?
  private var lastRecovery: Int64?
  private var lastReconnect: Int64?
  private var lastArrival: Int64?
  /// Whether that was voice.
  private var lastIsVoice = false
  /// When the last datagram came before the gap there is.
  private var arrivalBeforeGap: Int64?
  /// Voice packets and datagrams that had come when silence was told: more of them end it.
  private var silence: (voice: UInt64?, received: UInt64)?
  var rate = WriteRate()

  package init() {
    latches = [
      .unreadable: AlarmLatch(
        raiseAfter: Limits.unreadableAlertAfter, clearAfter: 2_000_000_000),
      .silent: AlarmLatch(raiseAfter: Limits.silentAlertAfter, clearAfter: 1_000_000_000),
      .drops: AlarmLatch(raiseAfter: 0, clearAfter: Limits.dropsClearAfter),
      .flood: AlarmLatch(raiseAfter: 2_000_000_000, clearAfter: Limits.dropsClearAfter),
      .diskSpace: AlarmLatch(raiseAfter: 2_000_000_000, clearAfter: 10_000_000_000),
      .diskError: AlarmLatch(raiseAfter: 1_000_000_000, clearAfter: 5_000_000_000),
      .deafened: AlarmLatch(raiseAfter: 0, clearAfter: 0),
      .afk: AlarmLatch(raiseAfter: 0, clearAfter: 0),
      .keyLog: AlarmLatch(raiseAfter: 0, clearAfter: 0),
      .gap: AlarmLatch(raiseAfter: Limits.gapAlertAfter, clearAfter: 0),
    ]
  }

  /// Op 5 of somebody: flags other than 0 say that sound is about to come.
  package mutating func speaking(_ user: UInt64, flags: Int, at now: Int64) {
    if flags == 0 {
      speakingSince[user] = nil
    } else if speakingSince[user] == nil, speakingSince.count < 1024 {
      speakingSince[user] = now
    }
  }

  /// Somebody is no longer in the call.
  package mutating func left(_ user: UInt64) { speakingSince[user] = nil }

  /// What is wrong now.
  package var raised: [Alert.Cause] {
    Alert.Cause.allCases.filter { latches[$0]?.isRaised == true }
  }

  /// Judges a sample.
  package mutating func observe(_ sample: WatchdogSample) -> [WatchdogAction] {
    let before = last ?? sample
    last = sample
    var actions: [WatchdogAction] = []
    noteArrivals(sample, before)
    judgeGap(sample, before, &actions)
    judgeSilence(sample, &actions)
    judgeOpening(sample, &actions)
    judgeHost(sample, before, &actions)
    return actions
  }

  private mutating func noteArrivals(_ sample: WatchdogSample, _ before: WatchdogSample) {
    let isNew = sample.connection != nil && sample.connection != before.connection
    if sample.voice != before.voice || sample.connection == nil { speakingSince.removeAll() }
    if sample.received != before.received || lastArrival == nil || isNew {
      lastArrival = sample.now
      lastIsVoice = !isNew && sample.voice != before.voice
    }
  }

  private mutating func judgeGap(
    _ sample: WatchdogSample, _ before: WatchdogSample, _ actions: inout [WatchdogAction]
  ) {
    // A connection that was given up for another alarm is that alarm's business.
    let isKnown = latches[.silent]?.isRaised == true || latches[.unreadable]?.isRaised == true
    let isGap = sample.connection == nil
    if isGap, before.connection != nil {
      arrivalBeforeGap = wayLooksDead(sample) ? lastArrival : nil
    }
    update(
      .gap, isGap && isKnown ? nil : isGap, since: arrivalBeforeGap, sample.now, &actions,
      "there is no voice connection (\(sample.gapCause ?? "unknown")): nothing is recorded; "
        + "the recorder goes on trying",
      "there is a voice connection again")
  }

  /// A dead way is known by its silence before the loss of the connection tells. In a quiet channel
  /// nothing comes for 5 s from one keepalive's echo to the next; speech that breaks off is suspect
  /// at once.
  private func wayLooksDead(_ sample: WatchdogSample) -> Bool {
    guard let lastArrival else { return false }
    return lastIsVoice || sample.echoes > 0 && sample.now &- lastArrival >= Limits.quietAfter
  }

  private mutating func judgeSilence(
    _ sample: WatchdogSample, _ actions: inout [WatchdogAction]
  ) {
    guard sample.connection != nil else {
      update(.silent, nil, sample.now, &actions, "", "")
      return
    }
    // Whoever is deafened is sent nothing, which has its own alert.
    let speaking = sample.isDeafened ? nil : speakingSince.min { $0.value < $1.value }
    let quiet = sample.echoes > 1 ? sample.now &- (lastArrival ?? sample.now) : 0
    let isQuiet = quiet >= Limits.quietAfter
    let isDead = quiet >= Limits.echoTimeout
    // That nobody speaks any more, or that there is another connection, proves nothing.
    let isTold = silence.map { told in
      told.voice.map { $0 == sample.voice } ?? (told.received == sample.received)
    }
    let isBad = speaking != nil || isQuiet || isTold == true
    let duration = latches[.silent]?.badFor(at: sample.now) ?? 0
    if speaking != nil && duration >= Limits.silentReconnectAfter || isDead {
      reconnect("silent", sample.now, &actions)
    }
    let message =
      speaking.map { "user \($0.key) speaks by the gateway, and nothing arrives" }
      ?? "nothing arrives from the voice server, not even answers to keepalives"
    update(
      .silent, isBad, since: isQuiet ? lastArrival : nil, sample.now, &actions,
      message + ": check the network and firewalls (UDP)",
      "packets arrive again")
    if latches[.silent]?.isRaised != true {
      silence = nil
    } else if silence == nil {
      silence = (speaking == nil ? nil : sample.voice, sample.received)
    }
  }

  private mutating func judgeOpening(
    _ sample: WatchdogSample, _ actions: inout [WatchdogAction]
  ) {
    guard sample.connection != nil else {
      update(.unreadable, nil, sample.now, &actions, "", "")
      return
    }
    opening.update(sample.senders, at: sample.now)
    let failing = opening.failing(at: sample.now)
    let longest = failing.map { sample.now &- $0.since }.max() ?? 0
    if longest >= Limits.recoverAfter,
      lastRecovery.map({ sample.now &- $0 >= Limits.recoverInterval }) ?? true
    {
      lastRecovery = sample.now
      actions.append(.recoverDAVE)
    }
    // Another connection cuts everybody off for a moment: only when nobody's speech opens.
    if longest >= Limits.unreadableReconnectAfter,
      !opening.anyOpened(within: Limits.unreadableReconnectAfter, at: sample.now)
    {
      reconnect("unreadable", sample.now, &actions)
    }
    let users = failing.prefix(5).map { "\($0.user)" }.joined(separator: ", ")
    update(
      .unreadable, !failing.isEmpty, sample.now, &actions,
      "the speech of \(users) does not open with the keys at hand: it is stored, and may stay "
        + "unreadable; let them leave and join again",
      "all speech opens again")
  }

  private mutating func reconnect(
    _ why: String, _ now: Int64, _ actions: inout [WatchdogAction]
  ) {
    guard lastReconnect.map({ now &- $0 >= Limits.reconnectInterval }) ?? true else { return }
    lastReconnect = now
    actions.append(.reconnect(why))
  }

  mutating func update(
    _ cause: Alert.Cause, _ isBad: Bool?, since start: Int64? = nil, _ now: Int64,
    _ actions: inout [WatchdogAction],
    _ bad: @autoclosure () -> String, _ good: @autoclosure () -> String
  ) {
    switch latches[cause]?.update(isBad, since: start, at: now) {
    case .raised: actions.append(.raise(Alert(cause, bad(), time: now)))
    case .cleared: actions.append(.clear(Alert(cause, good(), time: now, isCleared: true)))
    case nil: break
    }
  }
}

internal import CaptureSynthesis

/// Scripted speakers, as clients of the voice gateway.
extension VoiceServer {
  /// In larger calls only so many of the scripted speakers commit, beside real clients.
  private static let mostCommitters = 3

  /// A scripted speaker connects, where the world says that it is.
  package mutating func speakerJoins(
    _ user: UInt64, guild: UInt64, keyChange: VoiceScript.KeyChange, now: Duration,
    world: some VoiceWorld
  ) -> (ssrc: UInt32, outputs: [VoiceOutput])? {
    guard let place = world.voicePlace(of: user, in: guild) else { return nil }
    var outputs: [VoiceOutput] = []
    for other in sessions.values where other.user == user && other.guild == guild {
      outputs += end(other.id, now: now)
    }
    let session = makeSession(
      user: user, guild: guild, place: place, token: "", connection: nil, isScripted: true)
    outputs.append(
      .media(.add(ssrc: session.ssrc, user: user, channel: place.channel, isScripted: true)))
    let version = enter(session, now: now)
    sessions[session.id]?.isDescribed = true
    var client = ScriptedClient(
      user: user, guild: guild, ssrc: session.ssrc, keyChange: keyChange,
      random: random.child(session.id))
    let actions = client.begin(version: version, channel: place.channel, now: now)
    speakers[user] = client
    introduce(session, now: now, &outputs)
    begin(session.id, now: now, &outputs)
    perform(actions, of: user, now: now, &outputs)
    // As clients do that want to hear: so the others know the SSRC before there is speech.
    if let session = sessions[session.id] { spoke(session, flags: 0, now: now, &outputs) }
    return (session.ssrc, outputs)
  }

  /// A scripted speaker hangs up.
  package mutating func speakerLeaves(
    _ user: UInt64, guild: UInt64, now: Duration
  ) -> [VoiceOutput] {
    speakers[user] = nil
    let session = sessions.values.first {
      $0.user == user && $0.guild == guild && $0.isScripted
    }
    return session.map { end($0.id, now: now) } ?? []
  }

  /// Op 5 of a scripted speaker.
  package mutating func speakerSpeaks(
    _ user: UInt64, flags: Int64, now: Duration
  ) -> [VoiceOutput] {
    var outputs: [VoiceOutput] = []
    if let session = sessions.values.first(where: { $0.user == user && $0.isScripted }) {
      spoke(session, flags: flags, now: now, &outputs)
    }
    return outputs
  }

  /// The scripted speakers take the messages that are due.
  mutating func listen(now: Duration, _ outputs: inout [VoiceOutput]) {
    // What they send may be due for others at once.
    for _ in 0..<8 {
      let due = speakers.values.filter { $0.nextDeadline.map { $0 <= now } ?? false }
        .map(\.user).sorted()
      if due.isEmpty { return }
      let committers = committers
      for user in due {
        guard
          let actions = speakers[user]?.listen(
            now: now, isCommitting: committers.contains(user))
        else { continue }
        perform(actions, of: user, now: now, &outputs)
      }
    }
  }

  /// The first who came to each call: they commit for all.
  private var committers: Set<UInt64> {
    var counts: [UInt64: Int] = [:]
    var committers: Set<UInt64> = []
    for session in sessions.values.filter(\.isScripted).sorted(by: { $0.id < $1.id })
    where counts[session.channel, default: 0] < Self.mostCommitters {
      counts[session.channel, default: 0] += 1
      committers.insert(session.user)
    }
    return committers
  }

  private mutating func perform(
    _ actions: [ScriptedClient.Action], of user: UInt64, now: Duration,
    _ outputs: inout [VoiceOutput]
  ) {
    guard let client = speakers[user],
      let session = sessions.values.first(where: { $0.ssrc == client.ssrc })
    else { return }
    for action in actions {
      switch action {
      case .keyPackage(let bytes):
        inRoom(session.channel, now: now, &outputs) { $0.keyPackage(bytes, from: user, now: now) }
      case .commitWelcome(let bytes):
        inRoom(session.channel, now: now, &outputs) {
          $0.commitWelcome(bytes, from: user, now: now)
        }
      case .ready(let id):
        inRoom(session.channel, now: now, &outputs) {
          $0.ready(user, transition: id, now: now)
        }
      case .invalidCommitWelcome:
        statistics.invalidCommitWelcomes += 1
        inRoom(session.channel, now: now, &outputs) {
          $0.invalidCommitWelcome(from: user, now: now)
        }
      case .seal(let secret):
        outputs.append(
          .media(
            .seal(
              ssrc: client.ssrc, secret: secret,
              sealsSilence: client.keyChange == .atExecution)))
      }
    }
  }
}

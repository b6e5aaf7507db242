package import DiscordREST

/// A stay in a voice channel: joins, keeps connected, follows, leaves.
///
/// It has no clock and no socket of its own: what happens goes in, what to do comes out. At most one
/// WebSocket is open at any time. Source: Discord documentation, "Voice Connections".
package struct VoiceStay: Sendable {
  package struct Settings: Sendable {
    package var guild: ID<Guild>
    package var channel: ID<Channel>
    package var user: ID<User>
    package var followsMoves = true
    package var firstConnection: UInt32 = 0
    package var joinTimeout = Duration.seconds(5)
    package var allowsLoopback = false

    package init(guild: ID<Guild>, channel: ID<Channel>, user: ID<User>) {
      self.guild = guild
      self.channel = channel
      self.user = user
    }
  }

  enum Phase: Hashable, Sendable {
    case idle
    /// We asked to leave, so that joining begins from nothing.
    case clearing(until: Duration)
    /// We asked to join: our voice state and a server are to come.
    case asking(until: Duration, looksUp: Bool)
    /// A server is to come without our asking.
    case awaitingServer(until: Duration, Awaiting)
    /// A server came; a voice state that tells of a move may follow it.
    case settling(until: Duration)
    /// The link is all there is to do.
    case linked
    /// Before the next attempt.
    case pausing(until: Duration, Next)
    case ended
  }

  /// Why a server is awaited, which says what follows when none comes.
  enum Awaiting: Hashable, Sendable {
    /// Close code 4014.
    case disconnected
    /// Close code 4022.
    case callEnded
    /// We were moved.
    case moved
    /// The server is gone, and Discord looks for another.
    case gone
  }

  enum Next: Hashable, Sendable {
    case resume, identify, join
  }

  /// A WebSocket, from the attempt to open it on.
  struct Link: Hashable, Sendable {
    var attempt: Int
    var resumes: Bool
    var server: VoiceServerInfo
    var isOpen = false
    var isLive = false
    /// Of the attempt, then of being live.
    var since: Duration
  }

  /// How long our voice state may take to tell of a kick or a move.
  static let kickWait = Duration.seconds(5)
  static let callEndedWait = Duration.seconds(10)
  static let coolDown = Duration.seconds(60)
  /// How long Discord may take to find another server.
  static let serverWait = Duration.seconds(30)
  /// How long a move's voice state may come after its server.
  static let settleTime = Duration.milliseconds(200)
  static let clearTime = Duration.seconds(2)
  /// From the attempt to the session description.
  static let linkPatience = Duration.seconds(20)
  /// For how long a session is worth resuming that cannot be reached.
  static let resumeSpan = Duration.seconds(60)
  /// After so long a lost connection is not the one before lost again: the next attempt comes at once.
  static let calmAfter = Duration.seconds(5)
  /// After so long what the server refused is not refused again.
  static let stableAfter = Duration.seconds(30)
  /// After so long a 4021 is not the second one.
  static let forgivesAfter = Duration.seconds(600)
  static let firstJoinTries = 4
  static let rejoinTries = 40

  let settings: Settings
  var phase = Phase.idle
  package internal(set) var channel: ID<Channel>
  var link: Link?
  var attempts = 0
  var nextConnection: UInt32
  /// Of the session that there is; nil: none, or it cannot be resumed.
  var resumable: UInt32?
  /// The connection whose gap has not begun.
  var liveConnection: UInt32?
  var gapSince: Duration?
  var sessionID: String?
  var server: VoiceServerInfo?
  var serverSince = Duration.zero
  /// Whether it is the answer to our asking, and not told because of a move or a migration.
  var serverWasAsked = true
  /// The server of the last session.
  var identifiedWith: VoiceServerInfo?
  var ownState = OwnVoiceState()
  /// Where our voice state says we are while we asked for another channel.
  var elsewhere: (channel: ID<Channel>, session: String?)?
  var occupants: [ID<User>: ID<Channel>] = [:]
  var toldFirstServer = false
  var hasBeenLive = false
  var hasAsked = false
  var isSignalingLive = true
  var hasSignalingEnded = false
  var backoff = VoiceBackoff()
  var joinTries = 0
  var failedIdentifies = 0
  var tokenFailures = 0
  /// When we last identified anew since the server took something ill.
  var identifiedOnceAt: Duration?
  var coolDowns = 0

  package init(settings: Settings) {
    self.settings = settings
    channel = settings.channel
    nextConnection = settings.firstConnection
  }

  package var hasEnded: Bool { phase == .ended }

  /// How many others are in our channel.
  package var othersInChannel: Int {
    occupants.count { $0.value == channel && $0.key != settings.user }
  }

  /// When ``StayInput/time`` is wanted.
  package var deadline: Duration? {
    let link = link.flatMap { $0.isLive ? nil : $0.since + Self.linkPatience }
    return [phaseEnd, link].compactMap(\.self).min()
  }

  var phaseEnd: Duration? {
    switch phase {
    case .idle, .linked, .ended: nil
    case .clearing(let until), .settling(let until): until
    case .asking(let until, _): until
    case .awaitingServer(let until, _): until
    case .pausing(let until, _): until
    }
  }

  /// Takes one input and returns what to do.
  package mutating func handle(
    _ input: StayInput, at now: Duration, using random: inout some RandomNumberGenerator
  ) -> [StayAction] {
    guard !hasEnded else { return [] }
    var actions: [StayAction] = []
    switch input {
    case .start:
      guard phase == .idle else { break }
      actions.append(.lookUp(channel))
      // A voice state of the bot from before, of a process that was killed, goes first.
      clearAndAsk(now, &actions)
    case .signal(let signal): heard(signal, now, &actions)
    case .signalsEnded:
      hasSignalingEnded = true
      isSignalingLive = false
      if link?.isLive != true { needsGateway(&actions) }
    case .facts(let facts, let channel): learned(facts, of: channel, now, &random, &actions)
    case .opened(let attempt):
      guard link?.attempt == attempt else {
        actions.append(.close(attempt: attempt, code: 1000))
        break
      }
      link?.isOpen = true
    case .ready(let attempt), .resumed(let attempt):
      guard link?.attempt == attempt else { break }
      becameLive(now, &actions)
    case .closed(let code, let attempt):
      guard let link, link.attempt == attempt else { break }
      self.link = nil
      let cause = code.map { "close_\($0)" } ?? "network"
      lost(link, ClosePolicy(code: code), code, cause, now, &random, &actions)
    case .fault(let fault, let attempt):
      guard let link, link.attempt == attempt else { break }
      faulted(link, fault, now, &random, &actions)
    case .addressChanged:
      anew("address_changed", now, &actions)
    case .reconnect(let why):
      anew(why, now, &actions)
    case .leave:
      end(VoiceEnd(.left, "The bot left the channel."), &actions)
    case .time: timePassed(now, &random, &actions)
    }
    return actions
  }

  /// A new session in place of the one there is.
  private mutating func anew(_ why: String, _ now: Duration, _ actions: inout [StayAction]) {
    switch phase {
    case .linked:
      guard link?.isLive == true else { return }
      identify(now, why, &actions)
    case .pausing(_, .identify), .pausing(_, .resume):
      identify(now, why, &actions)
    default: break
    }
  }

  /// Ends the stay.
  mutating func end(
    _ end: VoiceEnd, code: UInt16? = nil, _ actions: inout [StayAction]
  ) {
    dropLink(code: 1000, &actions)
    gap(code, end.reason.rawValue, .zero, &actions)
    actions.append(.dropSession)
    // Who was put out is out; nobody else leaves a voice state behind.
    if hasAsked, end.reason != .kicked, end.reason != .gatewayStopped {
      actions.append(.sendVoiceState(channel: nil))
    }
    phase = .ended
    actions.append(.end(end))
  }

  /// Something must be asked of the main gateway: not possible when it has stopped.
  @discardableResult
  mutating func needsGateway(_ actions: inout [StayAction]) -> Bool {
    guard hasSignalingEnded else { return false }
    end(
      VoiceEnd(.gatewayStopped, "The connection to Discord's gateway has ended.", mayRetry: true),
      &actions)
    return true
  }
}

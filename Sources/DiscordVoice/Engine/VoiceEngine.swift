internal import DAVE
internal import DiscordREST
internal import JSONValues
internal import Logging
internal import VoiceCrypto

/// Does what the two machines say: the one place where they meet sockets, clock and observer.
actor VoiceEngine {
  /// Work that takes time, for the task group of ``VoiceSession``.
  enum Job: Sendable {
    case userID
    case signals
    case lookUp(ID<Channel>)
    case connect(url: String, attempt: Int, outgoing: AsyncStream<Outgoing>)
    case discover(VoiceSocket, ssrc: UInt32, connection: UInt32)
    case sleep(Duration)
    case close(VoiceSocket)
  }

  enum Outgoing: Sendable {
    case send(VoicePayload.Encoded)
    case close(UInt16)
  }

  /// What must be done one after another, apart from all else.
  struct Outlets: Sendable {
    var job: AsyncStream<Job>.Continuation
    var voiceState: AsyncStream<ChannelChoice>.Continuation
    var store: AsyncStream<(VoiceKeys, connection: UInt32, number: Int)>.Continuation
  }

  let configuration: VoiceConfiguration
  let observer: any VoiceObserver
  let state: VoiceSessionState
  let sender: MediaSender
  let logger: Logger
  let now: @Sendable () -> Duration
  let outlets: Outlets
  var random: any RandomNumberGenerator & Sendable
  var stay: VoiceStay?
  var gateway: VoiceGatewaySession?
  var dave: DAVESession?
  /// The WebSocket that the gateway session is on.
  var attempt = 0
  var server: VoiceServerInfo?
  var info: VoiceConnectionInfo?
  var media: MediaLink?
  var facts: [ID<Channel>: VoiceChannelFacts] = [:]
  /// The guild's voice states, for who comes to be in our channel by our being moved.
  var voiceStates: [ID<User>: JSONValue] = [:]
  private var outgoing: [Int: AsyncStream<Outgoing>.Continuation] = [:]
  private var nextWatch = Duration.zero
  /// When the earliest of the sleeping jobs wakes.
  private var wakes: Duration?

  init(
    configuration: VoiceConfiguration, observer: any VoiceObserver, state: VoiceSessionState,
    sender: MediaSender, logger: Logger, now: @escaping @Sendable () -> Duration,
    random: any RandomNumberGenerator & Sendable, outlets: Outlets
  ) {
    self.configuration = configuration
    self.observer = observer
    self.state = state
    self.sender = sender
    self.logger = logger
    self.now = now
    self.random = random
    self.outlets = outlets
  }

  // MARK: What comes in

  func begin() {
    guard state.ended == nil else { return }
    outlets.job.yield(.userID)
  }

  /// The bot's id is known: the stay begins, after what the gateway tells at first.
  func begin(as user: ID<User>) {
    guard stay == nil, state.ended == nil else { return }
    var settings = VoiceStay.Settings(
      guild: configuration.guild, channel: configuration.channel, user: user)
    settings.followsMoves = configuration.followsMoves
    settings.firstConnection = configuration.firstConnection
    settings.joinTimeout = configuration.joinTimeout
    settings.allowsLoopback = configuration.allowsLoopback
    stay = VoiceStay(settings: settings)
    dave = DAVESession(user: user.snowflake.rawValue, using: &random)
    outlets.job.yield(.signals)
  }

  func heard(_ signal: VoiceSignal) {
    if case .voiceState(let json) = signal { told(json) }
    take(.signal(signal))
  }

  /// The stay cannot begin.
  func fail(_ end: VoiceEnd) {
    guard stay == nil, state.ended == nil else { return }
    finish(end)
  }

  func take(_ input: StayInput) {
    guard state.ended == nil else { return }
    guard stay != nil else {
      // Nothing has begun that would have to be undone.
      if case .leave = input { finish(VoiceEnd(.left, "The bot left before it had joined.")) }
      return
    }
    let actions = stay?.handle(input, at: now(), using: &random) ?? []
    if case .closed(_, let attempt) = input {
      outgoing.removeValue(forKey: attempt)?.finish()
      if attempt == self.attempt { takeGateway(.closed) }
    }
    for action in actions { perform(action) }
    if case .opened(let attempt) = input, attempt == self.attempt {
      takeGateway(.opened(resuming: gateway?.agreement != nil))
    }
    arm()
  }

  /// What came over the WebSocket of this number.
  func received(_ input: VoiceGatewayInput, attempt: Int) {
    guard attempt == self.attempt else { return }
    takeGateway(input)
  }

  func takeGateway(_ input: VoiceGatewayInput) {
    guard state.ended == nil else { return }
    let actions = gateway?.handle(input, at: now(), using: &random) ?? []
    for action in actions { perform(action) }
    // Only now, so that whoever waited for it finds all that came with op 4.
    if info != nil { state.join() }
    arm()
  }

  func stored(connection: UInt32, number: Int) {
    guard gateway?.settings.connection == connection else { return }
    takeGateway(.stored(number: number))
  }

  func learned(_ facts: VoiceChannelFacts?, of channel: ID<Channel>) {
    self.facts[channel] = facts
    if let facts, stay?.channel == channel { takeGateway(.stage(facts.isStage)) }
    take(.facts(facts, channel: channel))
  }

  /// The job that slept has woken.
  func woke() {
    wakes = nil
    take(.time)
    takeGateway(.time)
    watchMedia()
    arm()
  }

  private func arm() {
    guard state.ended == nil else { return }
    let deadlines = [stay?.deadline, gateway?.deadline, media == nil ? nil : nextWatch]
    guard let deadline = deadlines.compactMap(\.self).min() else { return }
    // A job that wakes too early asks again; so one at a time is enough.
    if let wakes, wakes <= deadline { return }
    wakes = deadline
    outlets.job.yield(.sleep(max(.zero, deadline - now())))
  }

  private func watchMedia() {
    guard media != nil, now() >= nextWatch else { return }
    nextWatch = now() + .seconds(1)
    checkMedia()
  }

  // MARK: What goes out

  func perform(_ action: StayAction) {
    switch action {
    case .sendVoiceState(let channel): outlets.voiceState.yield(ChannelChoice(channel: channel))
    case .lookUp(let channel): outlets.job.yield(.lookUp(channel))
    case .identify(let identification): identify(identification)
    case .resume(let attempt, let server):
      self.attempt = attempt
      self.server = server
      connect()
    case .close(let attempt, let code):
      logger.debug("Closing", metadata: ["code": "\(code)", "attempt": "\(attempt)"])
      outgoing[attempt]?.yield(.close(code))
      if attempt == self.attempt { takeGateway(.closed) }
    case .dropSession: dropSession()
    case .follow(let channel): follow(channel)
    case .gap(let connection, let code, let cause):
      logger.info(
        "Voice connection interrupted",
        metadata: ["connection": "\(connection)", "cause": "\(DisplayText.sanitized(cause))"])
      state.setConnection(nil)
      observer.handle(.disconnected(connection: connection, code: code, cause: cause))
    case .resumed(let connection):
      logger.info("Voice connection resumed", metadata: ["connection": "\(connection)"])
      state.setConnection(info)
      observer.handle(.resumed(connection: connection))
    case .firstServer(let endpoint): observer.handle(.voiceServer(endpoint: endpoint))
    case .ownState(let own):
      observer.handle(
        .ownVoiceState(
          channel: own.channel?.snowflake.rawValue, mute: own.mute, deaf: own.deaf,
          suppress: own.suppress))
    case .end(let end): finish(end)
    }
  }

  func connect() {
    guard let server,
      let url = VoiceURL.connecting(
        to: server.endpoint, allowsLoopback: configuration.allowsLoopback,
        usesTLSOnLoopback: configuration.usesTLSOnLoopback)
    else { return }
    let (stream, continuation) = AsyncStream<Outgoing>.makeStream()
    outgoing[attempt] = continuation
    logger.debug("Connecting", metadata: ["url": "\(url)", "attempt": "\(attempt)"])
    outlets.job.yield(.connect(url: url, attempt: attempt, outgoing: stream))
  }

  func send(_ payload: VoicePayload) {
    logger.trace("Sending", metadata: ["op": "\(payload.op)"])
    outgoing[attempt]?.yield(.send(payload.encoded(token: server?.token ?? "")))
  }

  func finish(_ end: VoiceEnd) {
    logger.info("The voice stay has ended", metadata: ["reason": "\(end.reason.rawValue)"])
    dropSession()
    observer.handle(.ended(end))
    state.setEnding(end)
    outlets.job.finish()
    outlets.voiceState.finish()
    outlets.store.finish()
  }
}

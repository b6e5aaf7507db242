import DiscordREST
import JSONValues
import TestSupport
import Testing

@testable import DiscordVoice

/// Feeds a stay by hand, on a clock that stands unless moved, and keeps count of its WebSockets.
struct StayDriver {
  static let user: ID<User> = 900
  static let guild: ID<Guild> = 100
  static let channel: ID<Channel> = 200
  static let other: ID<Channel> = 201

  var stay: VoiceStay
  var now = Duration.seconds(1000)
  var random: SplitMix64
  /// All actions so far.
  private(set) var actions: [StayAction] = []
  /// The WebSockets that were to be opened and not closed.
  private(set) var open: Set<Int> = []
  /// The last of them.
  private(set) var attempt = 0
  /// More than one was open at once.
  private(set) var wasDoubled = false
  private(set) var lastServer = ""

  init(seed: UInt64 = 1, _ change: (inout VoiceStay.Settings) -> Void = { _ in }) {
    var settings = VoiceStay.Settings(
      guild: Self.guild, channel: Self.channel, user: Self.user)
    change(&settings)
    stay = VoiceStay(settings: settings)
    random = SplitMix64(seed: seed)
  }

  @discardableResult
  mutating func feed(_ input: StayInput) -> [StayAction] {
    if case .closed(_, let attempt) = input { open.remove(attempt) }
    let new = stay.handle(input, at: now, using: &random)
    for action in new {
      switch action {
      case .identify(let identification):
        attempt = identification.attempt
        lastServer = identification.server.endpoint
        open.insert(attempt)
      case .resume(let number, _):
        attempt = number
        open.insert(number)
      case .close(let number, _): open.remove(number)
      default: break
      }
      if open.count > 1 { wasDoubled = true }
    }
    actions += new
    return new
  }

  /// Moves the clock on, from deadline to deadline.
  @discardableResult
  mutating func advance(_ time: Duration) -> [StayAction] {
    let end = now + time
    var new: [StayAction] = []
    var steps = 0
    while let deadline = stay.deadline, deadline <= end, steps < 100_000 {
      steps += 1
      now = max(now, deadline)
      new += feed(.time)
    }
    #expect(steps < 100_000, "deadlines that do not end")
    now = end
    return new
  }

  // MARK: What Discord tells

  @discardableResult
  mutating func own(
    _ channel: ID<Channel>?, session: String = "s1", deaf: Bool = false
  ) -> [StayAction] {
    feed(
      .signal(
        .voiceState([
          "user_id": Self.user.json, "guild_id": Self.guild.json,
          "channel_id": channel?.json ?? .null, "session_id": .string(session),
          "deaf": .bool(deaf),
        ])))
  }

  @discardableResult
  mutating func someone(_ user: ID<User>, _ channel: ID<Channel>?) -> [StayAction] {
    feed(
      .signal(.voiceState(["user_id": user.json, "channel_id": channel?.json ?? .null])))
  }

  @discardableResult
  mutating func server(
    _ endpoint: String? = "a.discord.media:2048", token: String = "t1"
  ) -> [StayAction] {
    feed(.signal(.voiceServer(endpoint: endpoint, token: token)))
  }

  // MARK: What the voice server does

  @discardableResult
  mutating func ready() -> [StayAction] {
    feed(.opened(attempt: attempt)) + feed(.ready(attempt: attempt))
  }

  @discardableResult
  mutating func close(_ code: UInt16?) -> [StayAction] {
    feed(.closed(code: code, attempt: attempt))
  }

  /// A stay that is in its channel since 40 s.
  static func live(
    seed: UInt64 = 1, _ change: (inout VoiceStay.Settings) -> Void = { _ in }
  ) -> StayDriver {
    var driver = StayDriver(seed: seed, change)
    driver.feed(.start)
    driver.own(channel)
    driver.server()
    driver.ready()
    driver.advance(.seconds(40))
    return driver
  }
}

extension [StayAction] {
  /// The actions as words, for comparisons.
  var words: [String] {
    map { action in
      switch action {
      case .sendVoiceState(let channel): "op4 \(channel?.description ?? "null")"
      case .lookUp: "lookUp"
      case .identify(let it):
        "identify \(it.connection) \(it.server.endpoint) \(it.sessionID) \(it.channel)"
      case .resume: "resume"
      case .close(_, let code): "close \(code)"
      case .dropSession: "drop"
      case .follow(let channel): "follow \(channel)"
      case .gap(let connection, _, let cause): "gap \(connection) \(cause)"
      case .resumed(let connection): "resumed \(connection)"
      case .firstServer(let endpoint): "first \(endpoint)"
      case .ownState(let state): "own \(state.channel?.description ?? "null")"
      case .end(let end): "end \(end.reason.rawValue)"
      }
    }
  }

  /// Without what only tells.
  var deeds: [String] {
    words.filter { !$0.hasPrefix("own") && !$0.hasPrefix("lookUp") && !$0.hasPrefix("first") }
  }

  var ending: VoiceEnd? {
    for case .end(let end) in self { return end }
    return nil
  }
}

/// A call that the simulator has answered. Tokens are left out; whose it was is kept.
package struct LoggedRequest: Sendable, Equatable {
  /// Who called.
  package enum Caller: Sendable, Equatable {
    /// A bot.
    case bot(World.ID)
    /// A person by an access token.
    case user(World.ID)
    /// Nobody: no header `Authorization`.
    case nobody
    /// Somebody with a token that is not known.
    case unknown
  }

  /// When, in milliseconds since 1970.
  package var time: World.Time
  /// Who called.
  package var caller: Caller
  /// The method.
  package var method: String
  /// The path and query below the version; tokens of webhooks and interactions are `…`.
  package var target: String
  /// The headers, without `Authorization`.
  package var headers: [(name: String, value: String)]
  /// The body.
  package var body: [UInt8]
  /// The answer's status; nil if the connection was reset.
  package var status: Int?

  package static func == (left: Self, right: Self) -> Bool {
    left.time == right.time && left.caller == right.caller && left.method == right.method
      && left.target == right.target && left.body == right.body && left.status == right.status
      && left.headers.elementsEqual(right.headers, by: ==)
  }
}

/// The latest calls: as many as fit, for a simulator may run for days.
struct RequestLog: Sendable {
  /// The latest, in order.
  private(set) var latest: [LoggedRequest] = []
  /// All that there were.
  private(set) var count = 0
  private var bytes = 0
  private let maximumCount: Int
  private let maximumBytes: Int

  init(maximumCount: Int = 100_000, maximumBytes: Int = 64 << 20) {
    self.maximumCount = maximumCount
    self.maximumBytes = maximumBytes
  }

  mutating func append(_ request: LoggedRequest) {
    count += 1
    latest.append(request)
    bytes += Self.size(request)
    guard latest.count > maximumCount || bytes > maximumBytes else { return }
    // Down to half at once, so that each entry is moved but once.
    var dropped = 0
    while dropped < latest.count,
      latest.count - dropped > maximumCount / 2 || bytes > maximumBytes / 2
    {
      bytes -= Self.size(latest[dropped])
      dropped += 1
    }
    latest.removeFirst(dropped)
  }

  private static func size(_ request: LoggedRequest) -> Int {
    request.headers.reduce(request.body.count + request.target.utf8.count) {
      $0 + $1.name.utf8.count + $1.value.utf8.count
    }
  }
}

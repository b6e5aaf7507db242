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

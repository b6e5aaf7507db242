internal import JSONValues

/// One call of the API.
struct Route: Sendable {
  /// Who may call.
  enum Access: Sendable {
    /// With a bot's or a person's token.
    case account
    /// Anybody: the token in the path is enough.
    case anybody
  }

  typealias Handler = @Sendable (inout World, Call) throws -> SimulatedResponse

  let method: String
  let pattern: [String]
  let access: Access
  let handler: Handler

  /// A call: the pattern is like `/channels/{}/messages`.
  init(
    _ method: String, _ pattern: String, _ access: Access = .account, _ handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = pattern.split(separator: "/").map(String.init)
    self.access = access
    self.handler = handler
  }

  /// The open parts, if the path is of this pattern.
  func parameters(of parts: [String]) -> [String]? {
    guard parts.count == pattern.count else { return nil }
    var parameters: [String] = []
    for (own, part) in zip(pattern, parts) {
      if own == "{}" {
        parameters.append(part)
      } else if own != part {
        return nil
      }
    }
    return parameters
  }

  /// All calls. Fixed parts come before open ones at the same place.
  static let all: [Route] =
    gateway + users + guilds + members + channels + threads + search + messages + reactions
    + webhooks + events + commands + interactions
}

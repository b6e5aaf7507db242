/// Why a call failed.
///
/// Texts are safe to print: whatever came from Discord or from files is escaped, and tokens are
/// not in them.
public struct DiscordError: Error, Hashable, Sendable {
  /// The kinds of failure: stable names, for programs.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// An HTTP status with no kind of its own, such as 400 or 500.
    case http
    /// 429, and the wait would be longer than the call may take.
    case rateLimited
    /// 401: the token is not valid (any more).
    case unauthorized
    /// 403: not allowed to the bot.
    case forbidden
    /// 404: no such thing, or not visible to the bot.
    case notFound
    /// The call makes no sense as it is; nothing was sent.
    case invalidArgument
    /// Discord's answer is not what the library expects.
    case invalidResponse
    /// No connection to Discord, or it was lost.
    case network
    /// The call took longer than it may.
    case timedOut
    /// So many refused requests that Discord would soon block this address; nothing was sent.
    case tooManyInvalidRequests
    /// No token was found.
    case credentialMissing
    /// What was found cannot be a token.
    case credentialInvalid
    /// A file may not be used as it is, such as a token file that others can read.
    case notPermitted
    /// A file is over the upload or download limit; nothing was sent.
    case fileTooLarge
    /// A file to upload cannot be read.
    case fileUnreadable
  }

  /// One of the nested `errors` of Discord's answer.
  public struct Field: Hashable, Sendable {
    /// Where in the request, such as `embeds.0.title`; empty for the whole.
    public var path: String
    /// Discord's name of the error, such as `BASE_TYPE_MAX_LENGTH`.
    public var code: String
    /// In words.
    public var message: String

    /// An error of a field.
    public init(path: String, code: String, message: String) {
      self.path = path
      self.code = code
      self.message = message
    }
  }

  /// What kind of failure.
  public var kind: Kind
  /// What went wrong, in a sentence without its full stop.
  public var message: String
  /// The HTTP status of the answer, if there was one.
  public var status: Int?
  /// Discord's own number of the error, such as 50013.
  public var discordCode: Int?
  /// What is wrong with the fields of the request.
  public var errors: [Field]
  /// What to do next.
  public var hint: String?
  /// Which call, such as `GET /channels/123/messages`; tokens in the path are left out.
  public var route: String?
  /// How long Discord asks to wait, for `rateLimited`.
  public var retryAfter: Duration?

  package init(
    _ kind: Kind, _ message: String, status: Int? = nil, discordCode: Int? = nil,
    errors: [Field] = [], hint: String? = nil, route: String? = nil, retryAfter: Duration? = nil
  ) {
    self.kind = kind
    self.message = message
    self.status = status
    self.discordCode = discordCode
    self.errors = errors
    self.hint = hint
    self.route = route
    self.retryAfter = retryAfter
  }

  /// The kind's name: has no dynamic parts, for metrics.
  public var shortDescription: String { kind.rawValue }
}

extension DiscordError: CustomStringConvertible {
  /// Everything that is known, on one line.
  public var description: String {
    var text = message
    for field in errors { text += "; \(field)" }
    var facts: [String] = []
    if let status { facts.append("HTTP \(status)") }
    if let discordCode { facts.append("code \(discordCode)") }
    if let route { facts.append(route) }
    if !facts.isEmpty { text += " (" + facts.joined(separator: ", ") + ")" }
    if let hint { text += ". " + hint }
    return text
  }
}

extension DiscordError.Field: CustomStringConvertible {
  /// `embeds.0.title: BASE_TYPE_MAX_LENGTH Must be 256 or fewer in length.`.
  public var description: String {
    let text = [code, message].filter { !$0.isEmpty }.joined(separator: " ")
    return path.isEmpty ? text : path + ": " + text
  }
}

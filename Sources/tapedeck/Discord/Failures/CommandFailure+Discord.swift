internal import DiscordREST
internal import JSONValues

extension CommandFailure {
  /// What a failed call means to whoever typed the command.
  init(_ error: DiscordError) {
    if let known = FirstHourFailure(error) {
      self = known.failure(["detail": error.message, "limit": Self.limit(in: error)])
    } else {
      var message = error.message
      for field in error.errors.prefix(8) {
        message += "; \(field.path.isEmpty ? "" : field.path + ": ")\(field.message)"
      }
      self.init(
        ExitStatus(error), Terminal.escaped(message, limit: 1000), label: error.kind.rawValue)
      if let status = error.status { self.message += " (HTTP \(status))" }
      hint = error.hint.map { Terminal.escaped($0, limit: 400) }
    }
    http = error.status
    code = error.discordCode
  }

  /// The number in "Must be 2000 or fewer in length."
  private static func limit(in error: DiscordError) -> String {
    let message = error.errors.first { $0.code == FirstHourFailure.tooLong }?.message ?? ""
    return message.split { !$0.isNumber }.first.map(String.init) ?? "?"
  }

  /// `{"error": …}`, as design and documentation say.
  var json: JSONValue {
    [
      "error": [
        "status": http.map { .integer(Int64($0)) } ?? .null,
        "code": code.map { .integer(Int64($0)) } ?? .null,
        "kind": label.map { .string($0) } ?? .null,
        "message": .string(message),
        "hint": hint.map { .string($0) } ?? .null,
        "exit": .integer(Int64(status.rawValue)),
      ]
    ]
  }
}

extension FirstHourFailure {
  /// Discord's name of the error of a text that is too long.
  fileprivate static let tooLong = "BASE_TYPE_MAX_LENGTH"

  /// The failures that Discord's answer or its absence tells apart.
  fileprivate init?(_ error: DiscordError) {
    if error.errors.contains(where: { $0.code == Self.tooLong && $0.path.hasSuffix("content") }) {
      self = .messageTooLong
      return
    }
    switch (error.kind, error.discordCode) {
    case (.credentialMissing, _): self = .noToken
    case (.credentialInvalid, _): self = .notAToken
    // Other 401s are about a webhook's or an interaction's token.
    case (.unauthorized, nil): self = .tokenRefused
    case (.forbidden, 50001?), (.forbidden, 50013?), (.forbidden, nil): self = .accessMissing
    case (.forbidden, 50007?): self = .directMessagesClosed
    case (.rateLimited, _): self = .rateLimited
    case (.fileTooLarge, _), (.http, 40005?): self = .fileTooLarge
    default: return nil
    }
  }
}

extension ExitStatus {
  /// The exit code of a failed call.
  init(_ error: DiscordError) {
    self =
      switch error.kind {
      case .unauthorized, .forbidden, .notPermitted: .notPermitted
      case .notFound, .fileUnreadable: .noInput
      case .credentialMissing, .credentialInvalid: .configuration
      case .invalidArgument, .fileTooLarge: .badInput
      case .rateLimited, .network, .timedOut, .invalidResponse: .tempFail
      case .tooManyInvalidRequests: .unavailable
      case .http: ExitStatus(http: error.status ?? 0)
      }
  }

  private init(http status: Int) {
    self =
      switch status {
      case 401, 403: .notPermitted
      case 404, 410: .noInput
      case 400, 405, 411...415, 422: .badInput
      case 408, 429, 500...599: .tempFail
      default: .unavailable
      }
  }
}

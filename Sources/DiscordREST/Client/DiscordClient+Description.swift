internal import JSONValues

extension DiscordClient {
  /// The HTTP request of a call.
  func description(
    _ method: DiscordMethod, _ path: String, query: [(String, String?)], json: JSONValue?,
    files: [FileUpload], reason: String?, route: APIRoute, as identity: Identity
  ) throws(DiscordError) -> HTTPRequestDescription {
    let address = try base.get()
    let target = try APIPath.target(path, query: query)
    var request = HTTPRequestDescription(
      method: method, url: address.text + target,
      headers: [("User-Agent", userAgent), ("Accept", "application/json")])
    if !route.carriesToken {
      request.headers.append(("Authorization", try authorization(identity)))
    }
    if let reason, !reason.isEmpty {
      // Percent-encoded, so that any language can stand in a header; at most 512 characters.
      request.headers.append(
        ("X-Audit-Log-Reason", APIPath.encoded(String(reason.prefix(512)))))
    }
    if !files.isEmpty {
      let limit = configuration.uploadLimit
      let multipart = try drawThrowing { random throws(DiscordError) in
        try MultipartBody(json: json, files: files, uploadLimit: limit, random: &random)
      }
      request.headers.append(("Content-Type", multipart.contentType))
      request.body = multipart.body
    } else if let json {
      request.headers.append(("Content-Type", "application/json"))
      request.body = HTTPBody(json.bytes)
    }
    return request
  }

  private func authorization(_ identity: Identity) throws(DiscordError) -> String {
    switch identity {
    case .bot: return "Bot " + credential.botToken
    case .user:
      guard let token = credential.userToken else {
        throw DiscordError(
          .credentialMissing, "the call needs a user's token, and none was given",
          hint: "Discord's terms forbid to automate a user account; use a call for bots")
      }
      return token
    }
  }

  private func drawThrowing<Value: Sendable>(
    _ body: (inout AnyGenerator) throws(DiscordError) -> Value
  ) throws(DiscordError) -> Value {
    try draw { random in
      Result { () throws(DiscordError) in try body(&random) }
    }.get()
  }
}

extension DiscordClient {
  /// Reads a file, such as an attachment, without sending a token.
  ///
  /// - Parameters:
  ///   - url: Where: an address of Discord's, or of this machine if the API is there.
  ///   - limit: The most bytes taken.
  ///   - receive: Takes the contents, piece by piece.
  /// - Throws: `DiscordError` with kind `fileTooLarge` beyond the limit; `CancellationError`; what
  ///   `receive` throws.
  package func fetch(
    url: String, limit: Int, receive: @escaping @Sendable ([UInt8]) async throws -> Void
  ) async throws {
    let address = try APIAddress(url, subject: "the file's address", takesQuery: true)
    guard address.isLoopback ? isLoopback : Self.isDiscords(address.host) else {
      throw DiscordError(
        .invalidArgument, "the file's address is not one of Discord's",
        hint: "Fetch files of other sites with another program")
    }
    let request = HTTPRequestDescription(
      method: .get, url: url, headers: [("User-Agent", userAgent)])
    let start = time.now
    var policy = RetryPolicy(
      method: .get, hasNonce: false, deadline: start + configuration.totalDeadline,
      maximumRetries: configuration.maximumRetries)
    // Once contents were handed on, a second attempt would hand them on twice.
    let progress = FetchProgress()
    while true {
      do {
        let response = try await transport.stream(
          request, maximumBodyBytes: limit,
          timeout: start + configuration.totalDeadline - time.now,
          receive: { bytes in
            progress.begin()
            try await receive(bytes)
          })
        if (200..<300).contains(response.status) { return }
        try await settle(response, &policy)
      } catch let error as HTTPTransportError {
        try Task.checkCancellation()
        if error.code == .responseTooLarge {
          throw DiscordError(
            .fileTooLarge, "the file has more than \(limit) bytes", hint: "Allow more bytes")
        }
        let now = time.now
        let next = draw { random in policy.next(after: error.code, at: now, random: &random) }
        guard let next, !progress.hasBegun else { throw DiscordError(error, route: nil) }
        try await time.sleep(until: next)
      }
    }
  }

  private func settle(
    _ response: HTTPResponseDescription, _ policy: inout RetryPolicy
  ) async throws {
    var error = DiscordError(response: response, route: nil)
    error.hint =
      response.status == 404 || response.status == 403
      ? "Addresses of attachments live a day: read the message again" : error.hint
    let wait = RateLimitFacts(response).retryAfter
    error.retryAfter = wait
    let now = time.now
    guard response.status == 429 || response.status >= 500,
      let next = draw({ random in policy.next(afterFault: wait, at: now, random: &random) })
    else { throw error }
    try await time.sleep(until: next)
  }

  /// Discord's own sites, where uploaded files are.
  private static func isDiscords(_ host: String) -> Bool {
    ["discord.com", "discordapp.com", "discordapp.net"].contains {
      host == $0 || host.hasSuffix("." + $0)
    }
  }
}

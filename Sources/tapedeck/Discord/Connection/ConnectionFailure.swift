internal import DiscordREST

/// Names what stands in the way to Discord, where an error only says that something does.
enum ConnectionFailure {
  static func named(_ error: any Error, _ base: APIBase) -> any Error {
    guard let error = error as? DiscordError else { return error }
    switch error.kind {
    case .network, .timedOut:
      let text = error.message
      var failure =
        isCertificate(text)
        ? FirstHourFailure.certificateNotTrusted.failure(["host": base.host])
        : FirstHourFailure.unreachable.failure(["host": base.host, "reason": reason(text)])
      failure.http = error.status
      return failure
    case .invalidResponse, .notFound, .http:
      guard isForeign(error) else { return error }
      var failure = FirstHourFailure.wrongAPIBase.failure(["url": base.url])
      failure.http = error.status
      return failure
    default: return error
    }
  }

  /// BoringSSL's texts name places in its source.
  private static func reason(_ text: String) -> String {
    if text.contains("WRONG_VERSION_NUMBER") { return "what answers there does not speak TLS" }
    return text.firstRange(of: ": sslError(").map { String(text[..<$0.lowerBound]) } ?? text
  }

  /// The texts of BoringSSL and of NIOSSL.
  private static func isCertificate(_ text: String) -> Bool {
    ["CERTIFICATE_VERIFY_FAILED", "UnableToValidateCertificate", "certificate"]
      .contains { text.contains($0) }
  }

  /// Discord's errors have a code; another server's pages have none.
  private static func isForeign(_ error: DiscordError) -> Bool {
    if error.kind == .invalidResponse {
      return error.discordCode == nil && (error.status ?? 200) < 300
    }
    return error.kind == .notFound && error.discordCode == nil
      || error.kind == .http && error.discordCode == nil && (300..<400).contains(error.status ?? 0)
  }
}

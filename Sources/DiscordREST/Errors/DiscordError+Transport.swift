extension DiscordError {
  /// What a failed attempt means to the caller.
  init(_ error: HTTPTransportError, route: String?) {
    let (kind, hint): (Kind, String?) =
      switch error.code {
      case .notConnected:
        (.network, "Check the connection to the internet, and https://discordstatus.com")
      case .connectionLost: (.network, "Try again; it may have been carried out nevertheless")
      case .timedOut: (.timedOut, "Try again; it may have been carried out nevertheless")
      case .responseTooLarge: (.invalidResponse, "Ask for less at once")
      case .untrusted:
        (.network, "Check the machine's clock and certificates, or name them with --ca-file")
      case .invalidResponse: (.invalidResponse, "Check the API's address")
      case .fileUnreadable: (.fileUnreadable, "Leave the file alone until it is sent")
      }
    self.init(kind, DisplayText.sanitized(error.message), hint: hint, route: route)
  }
}

internal import DiscordREST

/// A client whose transport is never asked.
///
/// Not in main.swift: what is declared there below the call that never returns never gets its value.
let client = { () -> DiscordClient in
  guard let credential = try? DiscordCredential(botToken: "token") else { fatalError() }
  return DiscordClient(credential: credential, transport: NoTransport())
}()

struct NoTransport: HTTPTransport {
  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    throw HTTPTransportError(.notConnected, "no network")
  }
}

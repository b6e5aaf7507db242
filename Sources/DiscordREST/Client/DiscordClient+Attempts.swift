internal import FoundationEssentials
package import JSONValues
internal import Logging

extension DiscordClient {
  /// Makes a call and gives the whole answer, which is a success.
  ///
  /// - Throws: `DiscordError` for every answer that is none; `CancellationError`.
  package func response(
    _ method: DiscordMethod, _ path: String, query: [(String, String?)] = [],
    json: JSONValue? = nil, files: [FileUpload] = [], reason: String? = nil,
    as identity: Identity = .bot
  ) async throws -> HTTPResponseDescription {
    let milliseconds = Date().timeIntervalSince1970 * 1000
    let route = APIRoute(
      method, path, milliseconds: UInt64(exactly: milliseconds.rounded()) ?? 0)
    var json = json
    if route.createsMessage { json = draw { MessageNonce.adding(to: json, random: &$0) } }
    let request = try description(
      method, path, query: query, json: json, files: files, reason: reason, route: route,
      as: identity)
    let start = time.now
    var call = Call(
      route: route, request: request, isAuthenticated: !route.carriesToken,
      gate: identity == .user ? userGate : botGate,
      deadline: start + configuration.totalDeadline,
      policy: RetryPolicy(
        method: method, hasNonce: route.createsMessage && MessageNonce.isEnforced(in: json),
        deadline: start + configuration.totalDeadline,
        maximumRetries: configuration.maximumRetries))
    while true {
      if let response = try await attempt(&call) { return response }
    }
  }

  /// A call on its way.
  private struct Call {
    let route: APIRoute
    let request: HTTPRequestDescription
    let isAuthenticated: Bool
    let gate: RateLimitGate
    let deadline: Duration
    var policy: RetryPolicy
    var ticket: RateLimiter.Ticket?
  }

  /// One attempt: its answer, or nil to try again (after having waited).
  private func attempt(_ call: inout Call) async throws -> HTTPResponseDescription? {
    let ticket = call.ticket ?? call.gate.makeTicket()
    call.ticket = ticket
    do {
      try await call.gate.wait(for: ticket, route: call.route, deadline: call.policy.lastBegin)
    } catch let failure as RateLimitGate.Failure {
      throw error(failure, route: call.route)
    }
    call.policy.begin(at: time.now)
    let response: HTTPResponseDescription
    do {
      response = try await transport.execute(
        call.request, maximumBodyBytes: configuration.maximumResponseBytes,
        timeout: min(configuration.attemptTimeout, call.deadline - time.now))
    } catch {
      call.gate.finish(ticket, .unknown)
      try await recover(from: error, &call)
      return nil
    }
    var facts = RateLimitFacts(response)
    facts.isAuthenticated = call.isAuthenticated
    call.gate.finish(ticket, .answered(facts))
    try Task.checkCancellation()
    logger.debug(
      "Discord answered",
      metadata: ["route": "\(call.route.name)", "status": "\(response.status)"])
    return try await settle(response, facts, &call)
  }

  /// Gives a success back, waits before a repetition, or throws.
  private func settle(
    _ response: HTTPResponseDescription, _ facts: RateLimitFacts, _ call: inout Call
  ) async throws -> HTTPResponseDescription? {
    switch response.status {
    case 200..<300: return response
    case 404 where call.policy.mayHaveHappened && call.request.method == .delete:
      // The attempt whose answer was lost has deleted it.
      return HTTPResponseDescription(status: 204)
    case 429:
      if call.policy.mayRepeat(afterRefusal: facts.retryAfter, at: time.now) {
        logger.info(
          "Discord asks to wait",
          metadata: [
            "route": "\(call.route.name)", "seconds": "\(facts.retryAfter ?? .zero)",
            "global": "\(facts.isGlobal)",
          ])
        return nil
      }
    case 500...:
      let now = time.now
      let next = draw { random in
        call.policy.next(afterFault: facts.retryAfter, at: now, random: &random)
      }
      if let next {
        logger.info(
          "trying again after a fault of Discord",
          metadata: ["route": "\(call.route.name)", "status": "\(response.status)"])
        try await time.sleep(until: next)
        return nil
      }
    default: break
    }
    var error = DiscordError(response: response, route: call.route.name)
    error.retryAfter = facts.retryAfter
    if error.kind == .unauthorized, !call.isAuthenticated { error.hint = nil }
    throw error
  }

  /// Waits before the next attempt, or throws what the attempt's failure means to the caller.
  private func recover(from error: any Error, _ call: inout Call) async throws {
    try Task.checkCancellation()
    guard let error = error as? HTTPTransportError else { throw error }
    let now = time.now
    let next = draw { random in call.policy.next(after: error.code, at: now, random: &random) }
    guard let next else { throw DiscordError(error, route: call.route.name) }
    logger.info(
      "trying again after a lost connection",
      metadata: ["route": "\(call.route.name)", "reason": "\(error.message)"])
    try await time.sleep(until: next)
  }

  private func error(_ failure: RateLimitGate.Failure, route: APIRoute) -> DiscordError {
    switch failure {
    case .expired:
      return DiscordError(
        .timedOut,
        "the call waited \(configuration.totalDeadline.components.seconds) s for its turn under "
          + "Discord's rate limits",
        hint: "Make fewer calls at once, or allow them more time", route: route.name)
    case .refused(.unauthorized):
      return DiscordError(
        .unauthorized, "Discord has refused the token before, so nothing more is sent with it",
        status: 401, hint: DiscordCredential.hint, route: route.name)
    case .refused(.tooManyInvalidRequests(let until)):
      let wait = until - time.now
      return DiscordError(
        .tooManyInvalidRequests,
        "Discord has refused so many requests that it would soon block this address; nothing "
          + "more is sent for \(max(wait.components.seconds, 1)) s",
        hint: "Find out which calls are refused (401, 403 or 429) and stop making them",
        route: route.name, retryAfter: wait)
    }
  }
}

extension World {
  /// Answers a call of the REST API or of the CDN, and changes the world by it.
  ///
  /// Rate limits and faults are not its business; see ``DiscordSimulator``.
  package mutating func handle(_ request: SimulatedRequest, now: Time) -> SimulatedResponse {
    SimulatedResponse(status: 404)
  }
}

internal import DiscordGateway
internal import DiscordREST
internal import WebSocket

extension CommandFailure {
  /// What a gateway connection that Discord, or we, ended for good means.
  init(_ error: GatewayError) {
    switch error.code {
    case .authenticationFailed: self = FirstHourFailure.tokenRefused.failure()
    case .disallowedIntents:
      // The gateway's message ends with those that it asked for.
      let intents = error.message.split(separator: ": ").last.map(String.init) ?? ""
      self = FirstHourFailure.intentsRefused.failure([
        "intents": intents.hasSuffix(".") ? String(intents.dropLast()) : intents
      ])
    default:
      self.init(
        ExitStatus(error.code), Terminal.escaped(error.message, limit: 1000),
        hint: error.hint.map { Terminal.escaped($0, limit: 400) }, label: error.code.rawValue)
    }
    code = error.closeCode
  }

  /// What a WebSocket that could not be had, or broke, means.
  init(_ error: WebSocketError) {
    self.init(
      ExitStatus(error.code), Terminal.escaped(error.message, limit: 1000),
      label: error.code.rawValue)
    http = error.status
    code = error.closeCode.map(Int.init)
  }
}

extension ExitStatus {
  init(_ code: GatewayError.Code) {
    self =
      switch code {
      case .authenticationFailed, .disallowedIntents: .notPermitted
      case .invalidShard, .shardingRequired: .configuration
      case .urlNotAllowed: .unavailable
      case .timedOut, .sendQueueFull: .tempFail
      case .invalidAPIVersion, .invalidIntents, .payloadTooLarge, .notRunning, .alreadyStarted:
        .software
      }
  }

  init(_ code: WebSocketError.Code) {
    self =
      switch code {
      case .invalidURL, .invalidConfiguration, .tlsFailed: .configuration
      case .connectFailed, .timedOut, .connectionLost, .closed, .aborted, .cancelled,
        .protocolViolation, .messageTooBig, .upgradeRejected:
        .tempFail
      }
  }
}

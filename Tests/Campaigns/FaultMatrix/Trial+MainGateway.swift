import DiscordSimulator

extension Trial {
  /// To the main gateway, under a voice connection that goes on.
  static let mainGateway: [Trial] = [
    Trial("main: dropped", limit: 2, kind: .mainGateway) { $0.injectMain(.reset) },
    Trial("main: op 7", limit: 2, kind: .mainGateway) { $0.injectMain(.reconnect) },
    Trial("main: op 9, resumable", limit: 2, kind: .mainGateway) {
      $0.injectMain(.invalidSession(resumable: true))
    },
    Trial("main: op 9, re-identify", limit: 10, kind: .mainGateway) {
      $0.injectMain(.invalidSession(resumable: false))
    },
    Trial("main: resume refused", limit: 10, kind: .mainGateway) { booth in
      booth.injectMain(.refuseResumes(1))
      booth.injectMain(.reset)
    },
    Trial("main: away 15 s", limit: 2, kind: .mainGateway) { booth in
      booth.injectMain(.refuseConnections(.seconds(15)))
      booth.injectMain(.reset)
      try await Task.sleep(for: .seconds(15))
    },
    Trial("main: away, and 4006", limit: 10, deafens: true, kind: .mainGateway) { booth in
      booth.injectMain(.refuseConnections(.seconds(5)))
      booth.injectMain(.reset)
      booth.inject(.close(4006))
      try await Task.sleep(for: .seconds(5))
    },
    Trial("network away 20 s", limit: 10, deafens: true, kind: .mainGateway) { booth in
      booth.injectMain(.refuseConnections(.seconds(20)))
      booth.injectMain(.silence)
      booth.inject(.blackout(.seconds(20)))
      try await Task.sleep(for: .seconds(20))
    },
  ]
}

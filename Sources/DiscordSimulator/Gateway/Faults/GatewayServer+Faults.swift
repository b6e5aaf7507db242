import JSONValues

/// How the server does its faults.
extension GatewayServer {
  /// Adds a fault to the plan; one that is to happen now happens.
  package mutating func inject(
    _ fault: GatewayFault, now: Duration, world: some GatewayWorld
  ) -> [GatewayOutput] {
    var outputs: [GatewayOutput] = []
    if fault.trigger == .now {
      everywhere(fault.effect, now: now, world, &outputs)
    } else {
      faults.append(fault)
    }
    return outputs
  }

  /// Takes the faults whose time has come out of the plan.
  mutating func takeFaults(_ isDue: (GatewayFault.Trigger) -> Bool) -> [GatewayFault] {
    guard !faults.isEmpty else { return [] }
    let due = faults.filter { isDue($0.trigger) }
    if !due.isEmpty { faults.removeAll { isDue($0.trigger) } }
    return due
  }

  /// On every connection with a session; what is no matter of a connection, once.
  mutating func everywhere(
    _ effect: GatewayFault.Effect, now: Duration, _ world: some GatewayWorld,
    _ outputs: inout [GatewayOutput]
  ) {
    guard effect.concernsConnection else {
      apply(effect, to: nil, now: now, world, &outputs)
      return
    }
    for id in sessions.keys.sorted() {
      guard let session = sessions[id] else { continue }
      apply(effect, to: session.connection, session: id, now: now, world, &outputs)
    }
  }

  mutating func apply(
    _ effect: GatewayFault.Effect, to connection: UInt64?, session: String? = nil, now: Duration,
    _ world: some GatewayWorld, _ outputs: inout [GatewayOutput]
  ) {
    switch effect {
    case .refuseResumes(let count): refusedResumes += count
    case .repeatReplay(let count): repeatedReplay = max(repeatedReplay, count)
    case .lateHello(let delay): helloDelay = delay
    case .refuseConnections(let length): refusesUntil = now + length
    case .invalidSession(let resumable):
      invalidate(session, on: connection, resumable: resumable, now: now, &outputs)
    default:
      guard let connection, let open = connections[connection], open.phase != .ended else {
        return
      }
      disturb(connection, effect, now: now, &outputs)
    }
  }

  private mutating func disturb(
    _ connection: UInt64, _ effect: GatewayFault.Effect, now: Duration,
    _ outputs: inout [GatewayOutput]
  ) {
    switch effect {
    case .reconnect: outputs.append(.send(connection, payload(7, .null)))
    case .requestHeartbeat: outputs.append(.send(connection, payload(1, .null)))
    case .garbage(let text): outputs.append(.sendText(connection, text))
    case .muteAcknowledgements: connections[connection]?.isMuted = true
    case .slowDispatch(let delay, let count):
      connections[connection]?.slow = count > 0 ? (delay, count) : nil
    case .close(let code): close(connection, code, "A scripted fault.", now: now, &outputs)
    case .reset:
      outputs.append(.reset(connection))
      end(connection, now: now)
    case .silence:
      outputs.append(.silence(connection))
      end(connection, now: now)
    default: break
    }
  }

  private mutating func invalidate(
    _ session: String?, on connection: UInt64?, resumable: Bool, now: Duration,
    _ outputs: inout [GatewayOutput]
  ) {
    if let connection, let open = connections[connection], open.phase != .ended {
      outputs.append(.send(connection, payload(9, .bool(resumable))))
      connections[connection]?.phase = .greeted
    }
    guard let session else { return }
    if resumable { detach(session, now: now) } else { endSession(session) }
  }
}

extension GatewayFault.Effect {
  /// Whether the fault happens on a connection, not to the gateway as a whole.
  var concernsConnection: Bool {
    switch self {
    case .refuseResumes, .repeatReplay, .lateHello, .refuseConnections: false
    default: true
    }
  }
}

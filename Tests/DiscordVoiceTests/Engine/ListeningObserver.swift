import DAVE
import JSONValues
import Synchronization

@testable import DiscordVoice

/// Keeps what it hears, for tests that wait for it.
final class ListeningObserver: VoiceObserver {
  private struct State {
    var words: [String] = []
    var received: [[UInt8]] = []
    var connections: [UInt32] = []
    var sent = 0
    var keys: [VoiceKeys] = []
    var waiters: [(@Sendable (Heard) -> Bool, CheckedContinuation<Void, Never>)] = []

    var heard: Heard {
      Heard(words: words, received: received, connections: connections, keys: keys)
    }
  }

  struct Heard: Sendable {
    var words: [String]
    var received: [[UInt8]]
    /// Of what was received.
    var connections: [UInt32]
    var keys: [VoiceKeys]
  }

  private let state = Mutex(State())
  private let hangsInStore: Bool

  init(hangsInStore: Bool = false) { self.hangsInStore = hangsInStore }

  var heard: Heard {
    state.withLock(\.heard)
  }

  var sentCount: Int { state.withLock(\.sent) }

  /// Returns when that is so; give the test a time limit.
  func wait(until isSo: @escaping @Sendable (Heard) -> Bool) async {
    await withCheckedContinuation { continuation in
      change { $0.waiters.append((isSo, continuation)) }
    }
  }

  private func change(_ body: (inout sending State) -> Void) {
    let ready = state.withLock { state in
      body(&state)
      let heard = state.heard
      let ready = state.waiters.filter { $0.0(heard) }.map(\.1)
      state.waiters.removeAll { $0.0(heard) }
      return ready
    }
    for waiter in ready { waiter.resume() }
  }

  func received(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32) {
    var bytes: [UInt8] = []
    for index in 0..<datagram.count { bytes.append(datagram[index]) }
    let copy = bytes
    change {
      $0.received.append(copy)
      $0.connections.append(connection)
    }
  }

  func sent(_ datagram: Span<UInt8>, connection: UInt32) { change { $0.sent += 1 } }

  func store(_ keys: VoiceKeys) async {
    change { $0.keys.append(keys) }
    // Not even a cancelled task gets out of a disk that hangs.
    if hangsInStore { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
  }

  func handle(_ event: VoiceEvent) {
    let word: String? =
      switch event {
      case .voiceServer: "server"
      case .connected(let info): "connected \(info.number)"
      case .resumed(let connection): "resumed \(connection)"
      case .disconnected(let connection, _, let cause): "gap \(connection) \(cause)"
      case .speaking(_, let user, let ssrc, _): "speaking \(user) \(ssrc)"
      case .daveState(_, .member(let epoch)): "member \(epoch)"
      case .daveState(_, let state): "\(state)"
      case .daveWarning(_, let warning): "warning \(warning.code.rawValue)"
      case .ownVoiceState(_, _, true, _): "deaf"
      case .voiceState(let json): json["member"]?["user"]?["username"]?.string.map { "name \($0)" }
      case .moved(let channel): "moved \(channel)"
      case .udp(_, .silent): "silent"
      case .unknown(let op, _): "unknown \(op)"
      case .ended(let end): "ended \(end.reason.rawValue)"
      default: nil
      }
    guard let word else { return }
    change { $0.words.append(word) }
  }
}

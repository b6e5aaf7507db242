import DiscordREST
import DiscordVoice
import JSONValues
import Synchronization
import VoiceCrypto

@testable import DAVE
@testable import Recorder

/// A voice session that does what the test says.
final class FakeStay: RecordedStay {
  private struct State {
    var error: VoiceError?
    var calls: [String] = []
    var counters = VoiceUDPCounters()
    var hangsAtLeave = false
    var end: VoiceEnd?
    var waiting: [CheckedContinuation<VoiceEnd, Never>] = []
  }

  let configuration: VoiceConfiguration
  let observer: any VoiceObserver
  private let state = Mutex(State())

  init(_ configuration: VoiceConfiguration, _ observer: any VoiceObserver) {
    self.configuration = configuration
    self.observer = observer
  }

  /// What was asked of it.
  var calls: [String] { state.withLock { $0.calls } }
  func refuse(_ end: VoiceEnd) { state.withLock { $0.error = VoiceError(end) } }
  func hangAtLeave() { state.withLock { $0.hangsAtLeave = true } }
  func setKernelDrops(_ number: UInt64) { state.withLock { $0.counters.kernelDrops = number } }

  func join() async throws(VoiceError) {
    state.withLock { $0.calls.append("join") }
    if let error = state.withLock({ $0.error }) {
      finish(error.end)
      throw error
    }
    observer.handle(.voiceServer(endpoint: "127.0.0.1:4000"))
    await connect(configuration.firstConnection)
  }

  /// A connection is ready, with its key.
  func connect(_ number: UInt32, stage: Bool = false) async {
    await observer.store(
      .transport(
        connection: number, mode: .aes256GCM, key: [UInt8](repeating: UInt8(number), count: 32)))
    observer.handle(
      .connected(
        VoiceConnectionInfo(
          number: number, local: "127.0.0.1:50000", remote: "127.0.0.1:50001",
          mapped: "127.0.0.1:50000", mode: .aes256GCM, ssrc: 999, daveVersion: stage ? 0 : 1,
          isStage: stage, guild: configuration.guild.snowflake.rawValue,
          channel: configuration.channel.snowflake.rawValue)))
  }

  func epoch(_ epoch: UInt64, connection: UInt32 = 0, users: [UInt64]) async {
    let keys = DAVEEpochKeys(
      connection: connection, incarnation: 0, epoch: epoch,
      channel: configuration.channel.snowflake.rawValue, origin: .welcome, transition: 1,
      senders: Dictionary(
        uniqueKeysWithValues: users.map { ($0, [UInt8](repeating: UInt8($0 & 0xFF), count: 16)) }),
      epochAuthenticator: [UInt8](repeating: 7, count: 32))
    observer.handle(.daveEpoch(keys, privacyCode: "12345"))
    await observer.store(.epoch(keys))
    observer.handle(.daveState(connection: connection, .member(epoch: epoch)))
  }

  /// A voice packet comes, or one of another payload type.
  func packet(_ sequence: UInt16, ssrc: UInt32, connection: UInt32 = 0, type: UInt8 = 0x78) {
    var bytes: [UInt8] = [0x80, type, UInt8(sequence >> 8), UInt8(sequence & 0xFF), 0, 0, 0, 0]
    bytes += [
      UInt8(ssrc >> 24), UInt8(ssrc >> 16 & 0xFF), UInt8(ssrc >> 8 & 0xFF), UInt8(ssrc & 0xFF),
    ]
    bytes += [UInt8](repeating: 0x55, count: 40)
    observer.received(bytes.span, kernelTime: nil, connection: connection)
  }

  func voiceState(
    _ user: UInt64, in channel: UInt64?, name: String, bot: Bool = false, camera: Bool = false
  ) {
    observer.handle(
      .voiceState([
        "user_id": .string("\(user)"), "channel_id": channel.map { .string("\($0)") } ?? .null,
        "self_video": .bool(camera),
        "member": [
          "nick": .null,
          "user": ["id": .string("\(user)"), "username": .string(name), "bot": .bool(bot)],
        ],
      ]))
  }

  /// The stay ends by itself.
  func finish(_ end: VoiceEnd) {
    observer.handle(.ended(end))
    let waiting = state.withLock { state in
      if state.end == nil { state.end = end }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: end) }
  }

  var end: VoiceEnd {
    get async {
      await withCheckedContinuation { continuation in
        let end = state.withLock { state in
          if state.end == nil { state.waiting.append(continuation) }
          return state.end
        }
        if let end { continuation.resume(returning: end) }
      }
    }
  }

  func leave() async {
    let hangs = state.withLock { state in
      state.calls.append("leave")
      return state.hangsAtLeave
    }
    if hangs { try? await Task.sleep(for: .seconds(100_000)) }
    finish(VoiceEnd(.left, "left"))
  }

  func reconnect(_ why: String) async { state.withLock { $0.calls.append("reconnect \(why)") } }
  func framesUnreadable() async { state.withLock { $0.calls.append("unreadable") } }
  var connection: VoiceConnectionInfo? { nil }
  var udpCounters: VoiceUDPCounters { state.withLock { $0.counters } }
}

/// A gateway that says nothing.
struct SilentSignaling: VoiceSignaling {
  var bot: ID<User>
  var userID: ID<User> { get async throws { bot } }
  func sendVoiceState(
    guild: ID<Guild>, channel: ID<Channel>?, selfMute: Bool, selfDeaf: Bool
  ) async throws {}
  func voiceSignals(in guild: ID<Guild>) -> AsyncStream<VoiceSignal> {
    AsyncStream { $0.finish() }
  }
}

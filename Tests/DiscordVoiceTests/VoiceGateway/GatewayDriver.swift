import DAVE
import JSONValues
import TestSupport
import VoiceCrypto

@testable import DiscordVoice

/// Feeds a voice gateway session by hand, on a clock that stands unless moved.
struct GatewayDriver {
  static let user: UInt64 = 900
  static let channel: UInt64 = 200

  var session: VoiceGatewaySession
  var now = Duration.seconds(1000)
  var random: SplitMix64

  init(
    user: UInt64 = user, seed: UInt64 = 1, connection: UInt32 = 3,
    _ change: (inout VoiceGatewaySession.Settings) -> Void = { _ in }
  ) {
    random = SplitMix64(seed: seed)
    var settings = VoiceGatewaySession.Settings(
      connection: connection, guild: 100, channel: Self.channel, user: user, sessionID: "s1")
    settings.allowsLoopback = true
    change(&settings)
    let dave = DAVESession(user: user, using: &random)
    session = VoiceGatewaySession(settings: settings, dave: dave, using: &random)
  }

  @discardableResult
  mutating func feed(_ input: VoiceGatewayInput) -> [VoiceGatewayAction] {
    session.handle(input, at: now, using: &random)
  }

  @discardableResult
  mutating func receive(op: Int, _ data: JSONValue, seq: Int64? = nil) -> [VoiceGatewayAction] {
    var message: JSONValue = ["op": .integer(Int64(op)), "d": data]
    message["seq"] = seq.map { .integer($0) }
    return feed(.text(message.text()))
  }

  @discardableResult
  mutating func receive(binary op: UInt8, _ payload: [UInt8], seq: UInt16) -> [VoiceGatewayAction] {
    feed(.binary([UInt8(seq >> 8), UInt8(seq & 0xFF), op] + payload))
  }

  /// Moves the clock on, from deadline to deadline.
  @discardableResult
  mutating func advance(_ time: Duration) -> [VoiceGatewayAction] {
    let end = now + time
    var actions: [VoiceGatewayAction] = []
    while let deadline = session.deadline, deadline <= end {
      now = max(now, deadline)
      actions += feed(.time)
    }
    now = end
    return actions
  }

  static let modes: JSONValue = [
    "aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize", "xsalsa20_poly1305",
  ]

  @discardableResult
  mutating func ready(
    ip: String = "127.0.0.1", port: Int64 = 50_001, modes: JSONValue = modes
  ) -> [VoiceGatewayAction] {
    receive(
      op: 2, ["ssrc": 42, "ip": .string(ip), "port": .integer(port), "modes": modes], seq: 1)
  }

  @discardableResult
  mutating func describe(dave: Int64 = 1, seq: Int64 = 2) -> [VoiceGatewayAction] {
    receive(
      op: 4,
      [
        "mode": "aead_aes256_gcm_rtpsize", "dave_protocol_version": .integer(dave),
        "secret_key": .array((0..<32).map { .integer($0) }),
      ], seq: seq)
  }

  /// A session that is ready for media.
  mutating func begin(dave: Int64 = 1) {
    feed(.opened(resuming: false))
    receive(op: 8, ["heartbeat_interval": 10_000])
    ready()
    feed(.discovered(address: "198.51.100.7", port: 4000))
    describe(dave: dave)
  }
}

extension [VoiceGatewayAction] {
  var payloads: [VoicePayload] {
    compactMap { if case .send(let payload) = $0 { payload } else { nil } }
  }

  var ops: [Int] { payloads.map(\.op) }

  var faults: [ConnectionFault] {
    compactMap { if case .fail(let fault) = $0 { fault } else { nil } }
  }

  var notes: [VoiceNote] {
    compactMap { if case .note(let note) = $0 { note } else { nil } }
  }

  var events: [VoiceEvent] {
    compactMap { if case .event(let event) = $0 { event } else { nil } }
  }

  var sealings: [FrameSealing] {
    compactMap { if case .seal(let sealing) = $0 { sealing } else { nil } }
  }

  var stores: [Int] {
    compactMap { if case .store(_, let number) = $0 { number } else { nil } }
  }

  var offers: [MediaOffer] {
    compactMap { if case .openMedia(let offer) = $0 { offer } else { nil } }
  }
}

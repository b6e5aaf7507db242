import DAVE
import DAVEFrames
import DiscordGateway
import DiscordREST
import DiscordSimulator
import RTP
import SimulatorTestSupport
import VoiceCrypto

@testable import DiscordVoice

/// A stay of our own bot, by our own main gateway, in the simulator; two people talk without end.
struct SimulatedStay: Sendable {
  let simulator: DiscordSimulator
  let gateway: GatewayClient
  let observer: ListeningObserver
  let session: VoiceSession
  let bot: World.ID
  let other: World.ID

  static func run(
    rules: VoiceRules = VoiceRules(), onStage: Bool = false,
    _ body: (SimulatedStay) async throws -> Void
  ) async throws {
    try await VoiceGuild.run(rules: rules) { place in
      let gateway = GatewayClient(
        client: try place.client(),
        configuration: GatewayConfiguration(intents: [.guilds, .guildVoiceStates]))
      try await gateway.start()
      let channel = onStage ? place.stage : place.voice
      for user in place.people[1...2] {
        let clip = VoiceClip(packets: [[UInt8]](repeating: [0xFC, 1, 2, 3, 4, 5], count: 50))
        place.simulator.speak(
          user, in: channel, VoiceScript([clip], pause: .milliseconds(100), repetitions: nil))
      }
      let observer = ListeningObserver()
      var configuration = VoiceConfiguration(
        guild: ID(Snowflake(place.guild)), channel: ID(Snowflake(channel)))
      configuration.allowsLoopback = true
      configuration.channelFacts = {
        VoiceChannelFacts(isStage: $0 == ID(Snowflake(place.stage)))
      }
      let session = VoiceSession(configuration, signaling: gateway, observer: observer)
      let stay = SimulatedStay(
        simulator: place.simulator, gateway: gateway, observer: observer, session: session,
        bot: place.bot, other: place.other)
      do {
        try await session.join()
        try await body(stay)
      } catch {
        await stay.stop()
        throw error
      }
      await stay.stop()
    }
  }

  private func stop() async {
    await session.leave()
    await gateway.stop()
  }

  /// Waits for `words` in this order behind the first `offset` words.
  func wait(for words: [String], after offset: Int = 0) async {
    await observer.wait { heard in
      var rest = words[...]
      for word in heard.words.dropFirst(offset) where word == rest.first { rest.removeFirst() }
      return rest.isEmpty
    }
  }

  /// How many of the next `count` datagrams are speech that opens with the keys that were stored.
  func readableShare(ofNext count: Int = 60) async throws -> Double {
    let start = observer.heard.received.count
    await observer.wait { $0.received.count >= start + count }
    let heard = observer.heard
    var transport: [UInt32: ([UInt8], TransportMode)] = [:]
    var secrets: [[UInt8]] = []
    for keys in heard.keys {
      switch keys {
      case .transport(let connection, let mode, let key): transport[connection] = (key, mode)
      case .epoch(let epoch): secrets += epoch.senders.values
      }
    }
    var speech = 0
    var readable = 0
    for index in start..<heard.received.count {
      let datagram = heard.received[index]
      guard case .rtp(let header) = DatagramKind.classify(datagram.span),
        let (key, mode) = transport[heard.connections[index]]
      else { continue }
      speech += 1
      var cipher = try TransportCipher(mode: mode, key: key)
      var payload: [UInt8] = []
      guard
        (try? cipher.open(
          datagram.span, authenticatedLength: header.authenticatedLength, into: &payload)) != nil
      else { continue }
      payload.removeFirst(header.extensionBodyLength)
      let length = try payloadWithoutPadding(payload.span, hasPadding: header.hasPadding)
      payload.removeLast(payload.count - length)
      if try Self.opens(payload, secrets) { readable += 1 }
    }
    return speech == 0 ? 0 : Double(readable) / Double(speech)
  }

  private static func opens(_ frame: [UInt8], _ secrets: [[UInt8]]) throws -> Bool {
    // Silence may be in the clear, and a call without encryption is.
    if frame == [0xF8, 0xFF, 0xFE] || frame == [0xFC, 1, 2, 3, 4, 5] { return true }
    for secret in secrets {
      var opener = try FrameOpener(baseSecret: secret)
      var scratch: [UInt8] = []
      if opener.isAuthentic(frame.span, scratch: &scratch) { return true }
    }
    return false
  }
}

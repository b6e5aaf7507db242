import DAVEFrames
import RTP
import TestSupport
import Testing
import VoiceCrypto

@testable import DAVE
@testable import Recorder

@Suite struct PacketWatchTests {
  private static let second: Int64 = 1_000_000_000
  private static let ssrc: UInt32 = 77
  private static let user: UInt64 = 4_711

  /// Somebody who sends, and the watch.
  private final class Scene {
    var watch = PacketWatch()
    var transport: TransportCipher
    var sealer: FrameSealer
    var outcomes: [WatchOutcome] = []
    var sequence: UInt16 = 65_530
    private var nonce: UInt32 = 0

    private init(transport: consuming TransportCipher, sealer: consuming FrameSealer) {
      self.transport = transport
      self.sealer = sealer
    }

    static func make(
      secret: UInt8 = 5, knowsKey: Bool = true, hasDAVE: Bool = true
    ) throws -> Scene {
      let key = [UInt8](repeating: 3, count: 32)
      let transport = try TransportCipher(mode: .aes256GCM, key: key)
      let sealer = try FrameSealer(baseSecret: [UInt8](repeating: secret, count: 16))
      let scene = Scene(transport: transport, sealer: sealer)
      scene.watch.begin(connection: 0, hasDAVE: hasDAVE)
      if knowsKey, let box = TransportBox(connection: 0, mode: .aes256GCM, key: key) {
        scene.watch.use(box)
      }
      return scene
    }

    func packet(_ frame: [UInt8]) throws -> [UInt8] {
      var header: [UInt8] = []
      RTPHeader(
        hasPadding: true, payloadType: 120, sequenceNumber: sequence, timestamp: 0,
        ssrc: PacketWatchTests.ssrc, hasExtension: true, extensionBodyLength: 8
      ).encode(into: &header)
      sequence &+= 1
      nonce += 1
      let plaintext = [UInt8](repeating: 0xEE, count: 8) + frame + [0, 0, 3]
      var packet: [UInt8] = []
      try transport.seal(
        header: header.span, plaintext: plaintext.span, nonce: nonce, into: &packet)
      return packet
    }

    func sealed() throws -> [UInt8] {
      var frame: [UInt8] = []
      let plaintext: [UInt8] = [1, 2, 3, 4, 5, 6]
      try sealer.seal(plaintext.span, into: &frame)
      return try packet(frame)
    }

    func take(_ packet: [UInt8], user: UInt64? = PacketWatchTests.user, at now: Int64) {
      var found: [WatchOutcome] = []
      watch.take(packet.span, connection: 0, user: user, now: now) { key, outcome in
        #expect(key >> 32 == 0, "the connection")
        found.append(outcome)
      }
      outcomes += found
    }

    func install(_ secret: UInt8 = 5, epoch: UInt64 = 1, at now: Int64) {
      let keys = DAVEEpochKeys(
        connection: 0, incarnation: 0, epoch: epoch, channel: 1, origin: .commit, transition: 1,
        senders: [PacketWatchTests.user: [UInt8](repeating: secret, count: 16)],
        epochAuthenticator: [])
      var found: [WatchOutcome] = []
      watch.install(keys, now: now) { found.append($1) }
      outcomes += found
    }

    func map(at now: Int64) {
      var found: [WatchOutcome] = []
      watch.map(
        ssrc: PacketWatchTests.ssrc, to: PacketWatchTests.user, connection: 0, now: now
      ) { found.append($1) }
      outcomes += found
    }

    func tick(at now: Int64) {
      var found: [WatchOutcome] = []
      watch.tick(now: now) { found.append($1) }
      outcomes += found
    }
  }

  @Test func opensDownToTheFrame() throws {
    let scene = try Scene.make()
    scene.install(at: 0)
    let packet = try scene.sealed()
    scene.take(packet, at: 1)
    scene.take(packet, at: 2)
    scene.take(try scene.packet([0xF8, 0xFF, 0xFE]), at: 3)
    scene.take(try scene.packet([1, 2, 3, 4]), at: 4)
    #expect(scene.outcomes == [.opened, .replay, .silence, .notDAVE])
  }

  @Test func whatComesBeforeItsKeyWaits() throws {
    let scene = try Scene.make()
    scene.take(try scene.sealed(), at: 0)
    scene.take(try scene.sealed(), at: 1)
    #expect(scene.outcomes.isEmpty)
    scene.install(at: Self.second)
    #expect(scene.outcomes == [.opened, .opened])
  }

  @Test func whatComesBeforeItsUserWaits() throws {
    let scene = try Scene.make()
    scene.install(at: 0)
    scene.take(try scene.sealed(), user: nil, at: 0)
    #expect(scene.outcomes.isEmpty)
    scene.map(at: Self.second)
    #expect(scene.outcomes == [.opened])
  }

  @Test func whatWaitsInVainFails() throws {
    let scene = try Scene.make()
    scene.take(try scene.sealed(), at: 0)
    scene.take(try scene.sealed(), user: nil, at: 0)
    scene.tick(at: 2 * Self.second)
    #expect(scene.outcomes.isEmpty)
    scene.install(6, at: 0)
    scene.take(try scene.sealed(), at: Self.second)
    scene.tick(at: 4 * Self.second)
    #expect(scene.outcomes == [.noEpoch, .unmapped, .badTag])
  }

  @Test func forgedAndUnknownTransportFails() throws {
    let scene = try Scene.make()
    scene.install(at: 0)
    var packet = try scene.sealed()
    packet[20] ^= 1
    scene.take(packet, at: 0)
    let keyless = try Scene.make(knowsKey: false)
    keyless.take(try keyless.sealed(), at: 0)
    #expect(scene.outcomes == [.transport] && keyless.outcomes == [.transport])
  }

  @Test func withoutEndToEndEncryptionTheNumberTellsReplays() throws {
    let scene = try Scene.make(hasDAVE: false)
    let first = try scene.packet([1, 2, 3])
    let second = try scene.packet([1, 2, 0xFA, 0xFA])
    for packet in [first, second, first, second] { scene.take(packet, at: 0) }
    #expect(scene.outcomes == [.opened, .opened, .replay, .replay])
  }

  @Test func plaintextIsRightWhereItIsAllowed() throws {
    let scene = try Scene.make()
    scene.install(at: 0)
    scene.watch.allowPlaintext(true, connection: 0)
    scene.take(try scene.packet([1, 2, 3, 4]), at: 0)
    scene.take(try scene.sealed(), at: 0)
    scene.watch.allowPlaintext(false, connection: 0)
    scene.take(try scene.packet([1, 2, 3, 4]), at: 0)
    #expect(scene.outcomes == [.opened, .opened, .notDAVE])
  }

  @Test func rubbishOpensNothing() throws {
    let scene = try Scene.make()
    scene.install(at: 0)
    var random = SplitMix64(seed: 8)
    for step in 0..<5_000 {
      var packet = try scene.sealed()
      let count = Int(random.next() % 4)
      for _ in 0...count {
        packet[Int(random.next() % UInt64(packet.count))] ^= UInt8(1 + random.next() % 255)
      }
      if random.next() % 4 == 0 { packet.removeLast(Int(random.next() % 40)) }
      scene.take(packet, at: Int64(step) * 1_000_000)
    }
    // Two changes may undo each other.
    #expect(scene.outcomes.count { $0 == .opened } < 10)
    #expect(scene.outcomes.count { $0 == .transport } > 4_000)
  }
}

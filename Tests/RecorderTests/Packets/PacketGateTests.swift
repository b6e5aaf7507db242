import RTP
import TestSupport
import Testing

@testable import Recorder

@Suite struct PacketGateTests {
  /// A gate with what it stored.
  private struct Scene {
    var gate: PacketGate
    var stored: [[UInt8]] = []
    var now: Int64 = 0
    /// Whether the key opens a packet: told by its last byte.
    var proofs = 0

    init(excluded: Set<UInt64> = [], limits: PacketLimits = PacketLimits()) {
      gate = PacketGate(excluded: excluded, limits: limits)
    }

    @discardableResult
    mutating func take(_ bytes: [UInt8], connection: UInt32 = 0) -> PacketGate.Decision {
      var proofs = 0
      let decision = gate.take(
        bytes.span, kernelTime: now, connection: connection, now: now
      ) { datagram, _, _ in
        proofs += 1
        return datagram[datagram.count - 1] == 1
      }
      self.proofs += proofs
      if decision.verdict == .store { stored.append(bytes) }
      return decision
    }

    mutating func map(_ ssrc: UInt32, _ user: UInt64, connection: UInt32 = 0) {
      var released: [[UInt8]] = []
      gate.map(ssrc: ssrc, to: user, connection: connection, now: now) { datagram, _, _ in
        released.append((0..<datagram.count).map { datagram[$0] })
      }
      stored += released
    }

    mutating func setExcluded(_ users: Set<UInt64>) {
      var released: [[UInt8]] = []
      gate.setExcluded(users) { datagram, _, _ in
        released.append((0..<datagram.count).map { datagram[$0] })
      }
      stored += released
    }
  }

  private func packet(
    _ ssrc: UInt32, _ sequence: Int = 0, type: UInt8 = 120, isTrue: Bool = true
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    RTPHeader(
      payloadType: type, sequenceNumber: UInt16(truncatingIfNeeded: sequence), timestamp: 0,
      ssrc: ssrc
    ).encode(into: &bytes)
    return bytes + [UInt8](repeating: 9, count: 40) + [isTrue ? 1 : 0]
  }

  @Test func storesAndCountsByKind() {
    var scene = Scene()
    let rtcp: [UInt8] = [0x81, 200, 0, 6, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 20)
    let datagrams: [(PacketKind, [UInt8])] = [
      (.short, []), (.short, [0x80]), (.keepalive, [1, 0, 0, 0, 0, 0, 0, 0]), (.rtcp, rtcp),
      (.discovery, IPDiscovery.response(ssrc: 1, address: "1.2.3.4", port: 5).encoded()),
      (.foreign, [1, 2, 3]), (.voice, packet(5)), (.voice, packet(5, type: 111)),
    ]
    for (_, bytes) in datagrams { #expect(scene.take(bytes).verdict == .store) }
    #expect(scene.stored == datagrams.map(\.1))
    for kind in PacketKind.allCases {
      #expect(scene.gate.count(kind) == UInt64(datagrams.count { $0.0 == kind }))
    }
  }

  @Test func videoIsCounted() {
    var scene = Scene()
    scene.map(1, 100)
    for type in UInt8(101)...110 {
      #expect(scene.take(packet(1, type: type)).verdict == .drop(.video))
    }
    scene.gate.noteVideo(ssrcs: [0, 2, 3], connection: 0)
    #expect(scene.take(packet(2)).verdict == .drop(.video))
    #expect(scene.take(packet(2), connection: 1).verdict == .store)
    #expect(scene.take(packet(1)).verdict == .store)
    scene.map(3, 101)
    #expect(scene.take(packet(3)).verdict == .store, "op 5 says that it is audio")
    #expect(scene.gate.count(PacketDrop.video) == 11 && scene.gate.count(PacketKind.video) == 11)
  }

  @Test func videoIsCountedHoweverManyConnectionsThereWere() {
    var limits = PacketLimits()
    limits.videoSources = 8
    var scene = Scene(limits: limits)
    for connection in UInt32(0)..<20 {
      scene.gate.begin(connection: connection, hasDAVE: true)
      scene.gate.noteVideo(ssrcs: [7, 8], connection: connection)
      #expect(scene.take(packet(8), connection: connection).verdict == .drop(.video))
    }
  }

  @Test func aSpeakerMayBurstButNotFlood() {
    var scene = Scene()
    scene.map(1, 100)
    for number in 0..<10_000 {
      scene.now += 20_000_000
      #expect(scene.take(packet(1, number)).verdict == .store)
    }
    let burst = (0..<5_000).count { scene.take(packet(1, $0, isTrue: false)).verdict == .store }
    // One token is the last packet's.
    #expect(burst == 1_999)
    #expect(scene.gate.count(PacketDrop.cap) == 3_001 && scene.proofs == 3_001)
  }

  @Test func aFloodWithASpeakersSSRCDoesNotSilenceThem() {
    var scene = Scene()
    scene.map(1, 100)
    var random = SplitMix64(seed: 5)
    var heard = 0
    for number in 0..<1_000 {
      for _ in 0..<100 {
        scene.now += 200_000
        scene.take(packet(1, Int(random.next() & 0xFFFF), isTrue: false))
      }
      if scene.take(packet(1, number)).verdict == .store { heard += 1 }
      // And it comes again.
      scene.take(packet(1, number))
    }
    #expect(heard == 1_000)
    // 400 a second for 20 s and the burst; each true packet once beyond that, or twice.
    #expect(scene.stored.count < 10_000 + 2_000 + 10)
    #expect(scene.gate.count(PacketDrop.cap) > 80_000)
  }

  @Test func rubbishHasACapOfItsOwn() {
    var scene = Scene()
    for ssrc in UInt32(1)...10 { scene.map(ssrc, UInt64(ssrc)) }
    var rubbish = 0
    for number in 0..<500 {
      scene.now += 20_000_000
      for _ in 0..<200 where scene.take([1, 2, 3]).verdict == .store { rubbish += 1 }
      for ssrc in UInt32(1)...10 {
        #expect(scene.take(packet(ssrc, number)).verdict == .store)
      }
    }
    #expect((27_000...28_010).contains(rubbish))
  }

  @Test func unknownSSRCsAreFewAndMakeRoom() {
    var scene = Scene()
    for ssrc in UInt32(1)...200 {
      scene.now += 1_000_000
      let verdict = scene.take(packet(ssrc)).verdict
      #expect(verdict == (ssrc <= 64 ? .store : .drop(.unknownSSRC)))
    }
    scene.map(500, 7)
    #expect(scene.take(packet(500)).verdict == .store, "who is named always has a place")
    // What proved to be rubbish makes room at once, the silent later.
    let rubbish = PacketSource.key(0, 9)
    for _ in 0..<3 { scene.gate.note(.transport, key: rubbish, now: scene.now) }
    #expect(scene.take(packet(201)).verdict == .store)
    #expect(scene.gate.table.slot(rubbish) == nil)
    #expect(scene.take(packet(202)).verdict == .drop(.unknownSSRC))
    scene.now += 2_000_000_000
    #expect(scene.take(packet(202)).verdict == .store)
  }

  @Test func placesAreBounded() {
    var scene = Scene()
    for ssrc in UInt32(1)...5_000 {
      scene.now += 1_000
      scene.map(ssrc, UInt64(ssrc))
      #expect(scene.take(packet(ssrc)).verdict == .store)
    }
    #expect(scene.gate.table.sources.count == 512)
    #expect(scene.gate.table.slot(PacketSource.key(0, 5_000)) != nil)
    #expect(scene.gate.table.slot(PacketSource.key(0, 1)) == nil)
  }

  // MARK: Excluded users

  @Test func excludedUsersAreDropped() {
    var scene = Scene(excluded: [100])
    scene.gate.begin(connection: 0, hasDAVE: true)
    #expect(scene.take(packet(1)).verdict == .store, "their key is not logged")
    scene.map(1, 100)
    scene.map(2, 200)
    #expect(scene.take(packet(1)).verdict == .drop(.excluded))
    #expect(scene.take(packet(2)).verdict == .store)
    scene.setExcluded([200])
    #expect(scene.take(packet(1)).verdict == .store)
    #expect(scene.take(packet(2)).verdict == .drop(.excluded))
  }

  @Test func withoutEndToEndEncryptionPacketsWaitForTheirUser() {
    var scene = Scene(excluded: [100])
    scene.gate.begin(connection: 0, hasDAVE: false)
    let first = (0..<50).map { packet(1, $0) }
    let second = (0..<50).map { packet(2, $0) }
    for (one, other) in zip(first, second) {
      scene.now += 20_000_000
      #expect(scene.take(one).verdict == .hold && scene.take(other).verdict == .hold)
    }
    #expect(scene.stored.isEmpty)
    scene.map(2, 200)
    #expect(scene.stored == second)
    scene.map(1, 100)
    #expect(scene.stored == second && scene.gate.count(PacketDrop.excluded) == 50)
    #expect(scene.gate.voice == 50)
    #expect(scene.take(packet(2, 50)).verdict == .store)
  }

  @Test func whoIsNeverNamedIsDroppedAfterTwoSeconds() {
    var scene = Scene(excluded: [100])
    for number in 0..<200 {
      scene.now += 20_000_000
      #expect(scene.take(packet(1, number)).verdict == .hold)
    }
    scene.gate.tick(now: scene.now + 2_000_000_000)
    #expect(scene.gate.count(PacketDrop.unmapped) == 200)
    scene.map(1, 200)
    #expect(scene.stored.isEmpty)
  }

  @Test func whoIsNamedTooLateIsNotStored() {
    var scene = Scene(excluded: [100])
    #expect(scene.take(packet(1, 0)).verdict == .hold)
    scene.now += 1_000_000_000
    #expect(scene.take(packet(1, 1)).verdict == .hold)
    // No tick comes between: the 2 s hold by themselves.
    scene.now += 1_100_000_000
    scene.map(1, 200)
    #expect(scene.stored == [packet(1, 1)])
    #expect(scene.gate.count(PacketDrop.unmapped) == 1)
  }

  @Test func aDowngradeMakesPacketsWait() {
    var scene = Scene(excluded: [100])
    scene.gate.begin(connection: 3, hasDAVE: true)
    #expect(scene.take(packet(1), connection: 3).verdict == .store)
    scene.gate.connections.allowPlaintext(true, 3)
    #expect(scene.take(packet(1), connection: 3).verdict == .hold)
    scene.gate.connections.allowPlaintext(false, 3)
    #expect(scene.take(packet(1), connection: 3).verdict == .store)
    scene.gate.connections.allowPlaintext(true, 3)
    scene.setExcluded([])
    #expect(scene.stored.count == 3, "what waited is nobody's secret any more")
    #expect(scene.take(packet(1), connection: 3).verdict == .store)
  }

  @Test func anSSRCThatIsFreeAgainWaits() {
    var scene = Scene(excluded: [100])
    scene.gate.begin(connection: 0, hasDAVE: false)
    scene.map(1, 200)
    #expect(scene.take(packet(1)).verdict == .store)
    scene.gate.unmap(user: 200, connection: 0)
    #expect(scene.take(packet(1)).verdict == .hold)
    scene.map(1, 100)
    #expect(scene.take(packet(1)).verdict == .drop(.excluded))
  }

  // MARK: The watch

  @Test func watchesTheFirstFewAndOneInSixteen() {
    var scene = Scene()
    scene.map(1, 100)
    func watched(_ count: Int) -> Int {
      (0..<count).count { number in
        scene.now += 20_000_000
        return scene.take(packet(1, number)).isWatched
      }
    }
    #expect(watched(5) == 5)
    #expect(watched(1_600) == 100)
    scene.gate.keysChanged(connection: 0)
    #expect(watched(5) == 5)
    scene.gate.note(.badTag, key: PacketSource.key(0, 1), now: 0)
    #expect(watched(50) == 50, "all while they fail")
    scene.gate.note(.opened, key: PacketSource.key(0, 1), now: 0)
    #expect(watched(16) == 1)
  }

  // MARK: Rubbish

  @Test("nothing that comes is lost from the counts", arguments: 1...6)
  func everythingIsCounted(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var limits = PacketLimits()
    limits.burstPerSource = 50
    limits.burstOfOthers = 100
    var scene = Scene(excluded: seed % 2 == 0 ? [100] : [], limits: limits)
    var released = 0
    for step in 0..<20_000 {
      scene.now += Int64(random.next() % 2_000_000)
      var bytes = packet(UInt32(random.next() % 90), step, isTrue: random.next() % 3 == 0)
      switch random.next() % 8 {
      case 0: bytes = (0..<random.next() % 90).map { _ in UInt8(random.next() & 0xFF) }
      case 1: bytes.removeLast(Int(random.next() % UInt64(bytes.count + 1)))
      case 2: bytes[Int(random.next() % 12)] = UInt8(random.next() & 0xFF)
      case 3 where step % 50 == 0:
        let before = scene.stored.count
        scene.map(UInt32(random.next() % 90), 100 + random.next() % 3)
        released += scene.stored.count - before
      case 4 where step % 50 == 0: scene.gate.unmap(user: 100 + random.next() % 3, connection: 0)
      case 5: scene.gate.tick(now: scene.now)
      default: break
      }
      scene.take(bytes)
    }
    scene.gate.tick(now: scene.now + 5_000_000_000)
    let kinds = PacketKind.allCases.reduce(0) { $0 + scene.gate.count($1) }
    let drops = PacketDrop.allCases.reduce(0) { $0 + scene.gate.count($1) }
    #expect(scene.gate.received == 20_000 && kinds == 20_000)
    #expect(UInt64(scene.stored.count) + drops == 20_000)
    #expect(seed % 2 == 1 || released > 0)
  }
}

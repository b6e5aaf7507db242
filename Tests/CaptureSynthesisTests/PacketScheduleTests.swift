internal import CaptureSynthesis
internal import TestSupport
internal import Testing

@Suite("Packet schedule")
struct PacketScheduleTests {
  static let talk = TalkPattern.turns([
    Turn(start: .seconds(1), duration: .seconds(2)),
    Turn(start: .seconds(5.003), duration: .seconds(2), position: 96_000),
  ])

  static func packets(_ sender: SenderModel, talk: TalkPattern = talk) -> [SentPacket] {
    let speaker = SpeakerPlan.numbered(0, talk: talk, sender: sender)
    let plan = CapturePlan(name: "test", duration: .seconds(10), seed: 3, speakers: [speaker])
    var schedule = PacketSchedule(speaker: 0, plan: plan, random: SplitMix64(seed: 9))
    var packets: [SentPacket] = []
    while let packet = schedule.next() { packets.append(packet) }
    return packets
  }

  private static func firsts(_ packets: [SentPacket]) -> [Int] {
    packets.indices.filter { packets[$0].isFirstOfSpurt }
  }

  @Test("two seconds are 100 packets and five frames of silence")
  func counts() {
    let packets = Self.packets(SenderModel())
    #expect(packets.count == 210)
    #expect(packets.count { $0.content == .silence } == 10)
    #expect(packets[100..<105].allSatisfy { $0.content == .silence })
    #expect(packets[0].content == .speech(position: 0))
    #expect(packets[105].content == .speech(position: 96_000))
    #expect(Self.firsts(packets) == [0, 105])
    let sequences = packets[0].sequence..<(packets[0].sequence + 210)
    #expect(packets.map(\.sequence) == Array(sequences))
  }

  @Test("running timestamps count the pause, frozen ones do not, restarted ones jump")
  func timestamps() {
    var sender = SenderModel()
    let running = Self.packets(sender)
    let pause = Double(running[105].trueTime - running[104].trueTime) / 1e9
    let advance = running[105].timestamp - running[104].timestamp
    #expect(advance == Int64((pause * 48_000).rounded()))

    sender.timestamps = .frozen
    let frozen = Self.packets(sender)
    #expect(frozen[105].timestamp - frozen[104].timestamp == 960)
    // A sender without a clock in pauses begins where it is asked to, not at the next 10 ms.
    #expect(abs(frozen[105].trueTime - .seconds(5.003)) < 21_000)

    sender.timestamps = .restarted
    let restarted = Self.packets(sender)
    #expect(abs(restarted[105].timestamp - restarted[104].timestamp) > 1_000_000)
    #expect(restarted[106].timestamp - restarted[105].timestamp == 960)
  }

  @Test("a bot's second packet leaves 40 ms after its first, the others every 20 ms")
  func earlyFirstPacket() {
    var sender = SenderModel()
    sender.sendsFirstPacketEarly = true
    let packets = Self.packets(sender)
    for first in Self.firsts(packets) {
      #expect(packets[first + 1].sendTime - packets[first].sendTime == .milliseconds(40))
      #expect(packets[first + 2].sendTime - packets[first + 1].sendTime == .milliseconds(20))
      #expect(packets[first + 1].trueTime - packets[first].trueTime == .milliseconds(20))
    }
  }

  @Test("a fast clock packs more samples into true time", arguments: [-200.0, 0, 200])
  func drift(ppm: Double) {
    var sender = SenderModel()
    sender.ppm = ppm
    let packets = Self.packets(sender, talk: .nonStop)
    let last = packets[packets.count - 1]
    let samples = Double(last.timestamp - packets[0].timestamp)
    let seconds = Double(last.trueTime - packets[0].trueTime) / 1e9
    #expect(abs((samples / seconds / 48_000 - 1) * 1e6 - ppm) < 0.01)
  }

  @Test("sequence number and timestamp begin where they are told to")
  func starts() {
    var sender = SenderModel()
    sender.firstSequence = 65_534
    sender.firstTimestamp = UInt32.max - 1000
    let packets = Self.packets(sender)
    #expect(packets[0].sequence == 65_534)
    #expect(packets[3].sequence == 65_537)
    #expect(packets[0].timestamp == Int64(UInt32.max) - 1000)
    #expect(packets[2].timestamp == Int64(UInt32.max) + 920)
  }

  @Test("DTX keeps a stream alive by a packet every 400 ms")
  func discontinuousTransmission() {
    var sender = SenderModel()
    sender.usesDTX = true
    let packets = Self.packets(sender)
    let comfort = packets.filter { $0.content == .comfort }
    #expect(comfort.count == 5 + 7)
    #expect(!packets.contains { $0.content == .silence })
    #expect(comfort[1].timestamp - comfort[0].timestamp == 19_200)
    #expect(comfort[1].sequence - comfort[0].sequence == 1)
  }

  @Test("a user who is away sends nothing, and comes back with another SSRC")
  func presence() {
    var speaker = SpeakerPlan.numbered(0, talk: .nonStop)
    speaker.presence = [
      Int64.seconds(0)..<Int64.seconds(2), Int64.seconds(4)..<Int64.seconds(10),
    ]
    let plan = CapturePlan(name: "test", duration: .seconds(10), seed: 3, speakers: [speaker])
    var schedule = PacketSchedule(speaker: 0, plan: plan, random: SplitMix64(seed: 9))
    var packets: [SentPacket] = []
    while let packet = schedule.next() { packets.append(packet) }
    #expect(!packets.contains { $0.sendTime >= .seconds(2) && $0.sendTime < .seconds(4) })
    #expect(Set(packets.map(\.ssrc)).count == 2)
    #expect(Set(packets.map(\.spurt)).count == 2)
  }

  @Test("spurts of a meeting fill the share asked for and never touch")
  func spurts() {
    let packets = Self.packets(
      SenderModel(), talk: .spurts(length: .seconds(0.5), share: 0.25))
    let speech = packets.count { if case .speech = $0.content { true } else { false } }
    #expect(speech == 5 * 25)
    let positions = packets.compactMap { packet -> Int64? in
      if case .speech(let position) = packet.content { position } else { nil }
    }
    // The voice goes on from spurt to spurt, as in the packed twin.
    #expect(positions == (0..<Int64(125)).map { $0 * 960 })
  }
}

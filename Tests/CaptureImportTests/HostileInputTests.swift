import CaptureLog
import SystemPackage
import TestSupport
import Testing

@testable import CaptureImport

/// Recordings of each format, cut and changed: typed errors or fewer packets, never a trap.
@Suite struct HostileInputTests {
  enum Format: CaseIterable {
    case mjrWord, mjr, pcap, pcapng, pcapngBig
  }

  private static func recording(_ format: Format) -> [UInt8] {
    var packets = RTPPackets()
    let sent = packets.next(12)
    switch format {
    case .mjrWord, .mjr:
      var file = MJRFile(format == .mjr ? .json2 : .word)
      for (index, packet) in sent.enumerated() { file.append(packet, at: index * 20) }
      return file.bytes
    case .pcap:
      var file = PcapFile(linkType: 1)
      for (index, packet) in sent.enumerated() {
        file.append(
          Frames.ethernet(Frames.ipv6(Frames.udp(packet)), vlans: [1]), seconds: 1,
          fraction: index * 20_000)
      }
      return file.bytes
    case .pcapng, .pcapngBig:
      var file = PcapngFile(bigEndian: format == .pcapngBig)
      file.appendInterface(options: [(9, [9]), (14, [UInt8](repeating: 0, count: 8))])
      for (index, packet) in sent.enumerated() {
        let ip = Frames.ipv4(Frames.udp(packet))
        switch index % 3 {
        case 0: file.appendEnhanced(ip, ticks: UInt64(index) * 20_000_000)
        case 1: file.appendObsolete(ip, ticks: UInt64(index) * 20_000_000)
        default: file.appendSimple(ip)
        }
      }
      return file.bytes
    }
  }

  @Test("cut at every byte: whole packets are read, and no byte is lost without being told")
  func cuts() throws {
    for format in Format.allCases {
      let bytes = Self.recording(format)
      let whole = try Reading(bytes)
      #expect(whole.datagrams.count == 12 && whole.damages.isEmpty)
      var most = 0
      for count in 0..<bytes.count {
        guard let reading = try? Reading(Array(bytes.prefix(count))) else {
          #expect(most == 0)
          continue
        }
        let found = reading.datagrams
        #expect(found == Array(whole.datagrams.prefix(found.count)))
        #expect(found.count >= most)
        most = found.count
        if let damage = reading.damages.last {
          #expect(reading.damages.count == 1 && damage.upperBound == Int64(count))
        }
      }
      #expect(most == 11)
    }
  }

  @Test("3,000 seeded mutations a format", arguments: Format.allCases)
  func mutations(format: Format) {
    var random = SplitMix64(seed: 0x7A9E)
    let bytes = Self.recording(format)
    var read = 0
    for _ in 0..<3000 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: mutated.indices, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: mutated[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: mutated[index] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        case 2: mutated.remove(at: index)
        default: mutated.insert(UInt8.random(in: .min ... .max, using: &random), at: index)
        }
      }
      guard let reading = try? Reading(mutated) else { continue }
      read += reading.datagrams.count
      // Ranges are ordered and within the file.
      var position: Int64 = 0
      for damage in reading.damages {
        #expect(damage.lowerBound >= position && damage.upperBound <= Int64(mutated.count))
        position = damage.upperBound
      }
    }
    // Most packets of most files are still there.
    #expect(read > 3000 * 4)
  }

  @Test("mutated recordings are imported as far as they can be")
  func imports() throws {
    var random = SplitMix64(seed: 0x11)
    let folder = try TemporaryFolder()
    for (number, format) in Format.allCases.enumerated() {
      let bytes = Self.recording(format)
      for round in 0..<40 {
        var mutated = bytes
        for _ in 0..<3 {
          mutated[Int.random(in: mutated.indices, using: &random)] =
            UInt8.random(in: .min ... .max, using: &random)
        }
        let path = folder.path.appending("\(number)-\(round)")
        var job = ImportJob(options: ImportOptions(), name: "mutated", modified: .min)
        do throws(CaptureError) {
          let report = try job.run(MemorySource(mutated), id: "x", to: path)
          var reader = try CaptureReader(opening: path)
          var packets: UInt64 = 0
          while let record = try reader.next() {
            if case .packet = record { packets += 1 }
            if case .damage(let damage) = record { Issue.record("damage \(damage)") }
          }
          #expect(packets == report.counts.rtp + report.counts.rtcp)
        } catch {
          #expect(error.code == .invalid)
        }
      }
    }
  }

  @Test("a flood of senders is bounded, and those that go on are kept")
  func flood() {
    var survey = StreamSurvey()
    var real = RTPPackets(ssrc: 7)
    var random = SplitMix64(seed: 3)
    for index in 0..<60_000 {
      var noise = RTPPackets(
        ssrc: Int(UInt32.random(in: .min ... .max, using: &random)),
        sequence: Int(UInt16.random(in: .min ... .max, using: &random)))
      Self.observe(noise.next(), at: index, in: &survey)
      if index.isMultiple(of: 100) { Self.observe(real.next(), at: index, in: &survey) }
    }
    #expect(survey.senders.count <= StreamSurvey.mostSenders)
    #expect(survey.senders[7]?.isValid == true)
    #expect(survey.senders[7]?.types.first?.packets == 600)
    #expect(!survey.isFull)
  }

  private static func observe(_ packet: [UInt8], at index: Int, in survey: inout StreamSurvey) {
    guard let sender = PacketSender(packet) else { return }
    survey.observe(
      sender.header, samples: OpusPayload.samples(of: packet.span, header: sender.header),
      flow: .unknown, time: Int64(index))
  }
}

import CaptureLog
import SystemPackage
import TestSupport
import Testing

@testable import CaptureImport

/// What became of an import, read back from the capture.
private struct Imported {
  var report: ImportReport
  var session: SessionInfo
  var isComplete: Bool
  var packets: [(record: PacketRecord, payload: [UInt8])] = []
  var events: [CaptureEvent] = []
  var damages = 0

  init(
    _ bytes: [UInt8], options: ImportOptions = ImportOptions(), modified: Int64 = 0
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("capture")
    var job = ImportJob(options: options, name: "test", modified: modified)
    report = try job.run(MemorySource(bytes), id: "capture", to: path)
    var reader = try CaptureReader(opening: path)
    session = reader.session
    isComplete = reader.isComplete
    while let record = try reader.next() {
      switch record {
      case .packet(let packet):
        packets.append(
          (packet, reader.withPayload { bytes in (0..<bytes.count).map { bytes[$0] } }))
      case .event(let event): events.append(event)
      case .damage: damages += 1
      }
    }
  }
}

@Suite struct ImporterTests {
  private static let second: Int64 = 1_000_000_000

  @Test("a Janus recording with arrivals")
  func janus() throws {
    var packets = RTPPackets()
    var file = MJRFile(.json2)
    let sent = packets.next(50)
    for (index, packet) in sent.enumerated() { file.append(packet, at: index * 20 + index % 3) }
    let imported = try Imported(file.bytes)
    #expect(imported.packets.map { $0.payload } == sent)
    let start = 1_600_000_001 * Self.second
    #expect(
      imported.packets.map { $0.record.time - start }.prefix(4) == [
        0, 21_000_000, 42_000_000, 60_000_000,
      ])
    #expect(imported.session.source == "mjr")
    #expect(imported.session.encryptedAtRest == false)
    #expect(imported.session.recipients.isEmpty)
    #expect(imported.session.startUnixNanoseconds == "\(start)")
    #expect(imported.session.start == "2020-09-13T12:26:41Z")
    #expect(imported.isComplete && imported.damages == 0)
    let connections = imported.events.compactMap { $0.payload(ConnectionEvent.self) }
    #expect(connections.map { $0.mode } == ["none"])
    // The last packet lasts to 49 * 20 + 1 + 20 ms.
    #expect(imported.events.first { $0.kind == "leave" }?.time == start + 1_001_000_000)
    #expect(imported.report.warnings.isEmpty)
    #expect(imported.report.counts.rtp == 50)
  }

  @Test("without arrivals packets come when they were due, and never before earlier ones")
  func timeless() throws {
    var packets = RTPPackets()
    var sent = packets.next(50)
    sent.swapAt(10, 12)
    sent.remove(at: 30)
    var file = MJRFile(.word)
    for packet in sent { file.append(packet) }
    let imported = try Imported(file.bytes, modified: 2_000 * Self.second)
    // 50 packets of 20 ms end when the file was last written.
    let start = 1999 * Self.second
    let due = imported.packets.map { ($0.record.time - start) / 1_000_000 }
    #expect(Array(due[8..<15]) == [160, 180, 240, 240, 240, 260, 280])
    #expect(Array(due[29..<31]) == [580, 620])
    #expect(imported.report.warnings.map { $0.code } == ["unknown_start"])
    let dated = try Imported(file.bytes, options: ImportOptions(start: 5 * Self.second))
    #expect(dated.packets.first?.record.time == 5 * Self.second)
    #expect(dated.report.warnings.isEmpty)
  }

  @Test("the two streams of a call, with everything else on the network counted")
  func network() throws {
    var alice = RTPPackets(ssrc: 1)
    var bob = RTPPackets(ssrc: 2, payloadType: 96)
    // 90 kHz video whose payload happens to have the structure of Opus.
    var video = RTPPackets(ssrc: 3, payloadType: 97, step: 3000)
    var telephone = RTPPackets(ssrc: 4, payloadType: 0, step: 960)
    var file = PcapFile(linkType: 1)
    func append(_ payload: [UInt8], source: Int = 40_000, destination: Int = 50_000, at: Int) {
      file.append(
        Frames.ethernet(
          Frames.ipv4(Frames.udp(payload, source: source, destination: destination))),
        seconds: 1000, fraction: at)
    }
    var alices: [[UInt8]] = []
    var bobs: [[UInt8]] = []
    for index in 0..<40 {
      alices.append(alice.next())
      append(alices[index], at: index * 20_000)
      if index >= 3 {
        bobs.append(bob.next())
        append(bobs[index - 3], source: 40_002, at: index * 20_000 + 100)
      }
      append(video.next(), at: index * 20_000 + 200)
      append(telephone.next(), at: index * 20_000 + 300)
    }
    // A sender report of Alice, one of nobody, DNS.
    append([0x80, 200, 0, 1, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 20), at: 900_000)
    append([0x80, 200, 0, 1, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 20), at: 900_001)
    append([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], destination: 53, at: 900_002)
    let ip = Frames.ipv4(Frames.udp(alice.next()))
    file.append(
      Frames.ethernet(Array(ip.prefix(60))), seconds: 1001, original: ip.count + 14)
    file.append(Frames.ethernet(Frames.ipv4([0], fragment: 0x2000)), seconds: 1001)
    file.append([UInt8](repeating: 2, count: 12) + [8, 6, 0, 1], seconds: 1001)
    let imported = try Imported(file.bytes)
    #expect(imported.report.streams.map { $0.ssrc } == [1, 2])
    #expect(imported.report.streams.map { $0.connection } == [0, 1])
    #expect(imported.report.streams.map { $0.payloadTypes } == [[111], [96]])
    #expect(imported.report.streams.map { $0.packets } == [40, 37])
    let counts = imported.report.counts
    #expect(counts.rtp == 77 && counts.rtcp == 1)
    #expect(counts.otherRTP == 80 && counts.notRTP == 2)
    #expect(counts.snapped == 1 && counts.fragments == 1 && counts.otherProtocols == 1)
    #expect(imported.report.warnings.map { $0.code } == ["snapped", "fragments"])
    #expect(
      imported.packets.filter { $0.record.connection == 0 }.map { $0.payload }.prefix(40)
        == alices[...])
    #expect(imported.packets.filter { $0.record.connection == 1 }.map { $0.payload } == bobs)
    let connections = imported.events.compactMap { $0.payload(ConnectionEvent.self) }
    #expect(connections.map { $0.remote } == ["192.0.2.1:40000", "192.0.2.1:40002"])
    #expect(connections.map { $0.local } == ["198.51.100.9:50000", "198.51.100.9:50000"])
  }

  @Test("ports and payload types choose")
  func choosing() throws {
    var alice = RTPPackets(ssrc: 1)
    var bob = RTPPackets(ssrc: 2, payloadType: 0)
    var file = PcapFile()
    for index in 0..<10 {
      file.append(Frames.ipv4(Frames.udp(alice.next())), seconds: 1, fraction: index)
      file.append(
        Frames.ipv4(Frames.udp(bob.next(), source: 7, destination: 8)), seconds: 1, fraction: index)
    }
    let bytes = file.bytes
    func streams(_ options: ImportOptions) throws -> [UInt32] {
      try Imported(bytes, options: options).report.streams.map { $0.ssrc }
    }
    #expect(try streams(ImportOptions()) == [1])
    #expect(try streams(ImportOptions(payloadTypes: [0])) == [2])
    #expect(try streams(ImportOptions(payloadTypes: [0, 111])) == [1, 2])
    #expect(try streams(ImportOptions(payloadTypes: [0, 111], ports: [8])) == [2])
    let other = try Imported(bytes, options: ImportOptions(ports: [50_000])).report.counts
    #expect(other.otherPorts == 10)
    #expect {
      try streams(ImportOptions(ports: [8]))
    } throws: { error in
      (error as? CaptureError)?.code == .invalid && "\(error)".contains("0 (10 packets)")
    }
  }

  @Test("an SSRC stays one stream when its sender's address changes")
  func roaming() throws {
    var alice = RTPPackets(ssrc: 1)
    var file = PcapFile()
    for index in 0..<10 {
      file.append(
        Frames.ipv4(Frames.udp(alice.next(), source: index < 5 ? 1000 : 2000)), seconds: index)
    }
    let imported = try Imported(file.bytes)
    #expect(imported.packets.map { $0.record.connection } == [UInt32](repeating: 0, count: 10))
  }

  @Test("simple packet blocks have no times: packets come when they were due")
  func simpleBlocks() throws {
    var packets = RTPPackets()
    var file = PcapngFile()
    file.appendInterface()
    for packet in packets.next(5) { file.appendSimple(Frames.ipv4(Frames.udp(packet))) }
    let imported = try Imported(file.bytes, modified: 100 * Self.second)
    #expect(
      imported.packets.map { $0.record.time - 99_900_000_000 }
        == [0, 20_000_000, 40_000_000, 60_000_000, 80_000_000])
  }

  @Test("times at which a file was written are not those of arrival")
  func implausibleTimes() throws {
    var packets = RTPPackets()
    var file = PcapFile()
    for (index, packet) in packets.next(500).enumerated() {
      file.append(Frames.ipv4(Frames.udp(packet)), seconds: 100, fraction: index)
    }
    let imported = try Imported(file.bytes)
    #expect(imported.report.warnings.map { $0.code } == ["implausible_times"])
    #expect(imported.packets.first?.record.time == 100 * Self.second)
    #expect(imported.packets.last?.record.time == 100 * Self.second + 499 * 20_000_000)
    #expect(imported.report.nanoseconds == 10 * Self.second)
  }

  @Test("times before 1970 and past the end of time do not stop an import")
  func strangeTimes() throws {
    var packets = RTPPackets()
    var file = PcapngFile()
    file.appendInterface(options: [(14, [0, 0, 0, 0, 254, 255, 255, 255])])
    file.appendInterface(options: [(9, [9])])
    file.appendEnhanced(Frames.ipv4(Frames.udp(packets.next())), ticks: 1)
    file.appendEnhanced(
      Frames.ipv4(Frames.udp(packets.next())), ticks: UInt64(Int64.max), interface: 1)
    file.appendEnhanced(Frames.ipv4(Frames.udp(packets.next())), ticks: 20_000)
    let imported = try Imported(file.bytes)
    #expect(imported.packets.count == 3)
    #expect(imported.packets.first?.record.time == 0)
  }

  @Test("the files' own errors")
  func files() throws {
    let folder = try TemporaryFolder()
    func code(_ file: String, _ out: String) -> CaptureError.Code? {
      do throws(CaptureError) {
        _ = try CaptureImporter.run(
          folder.path.appending(file), to: folder.path.appending(out))
        return nil
      } catch {
        return error.code
      }
    }
    var packets = RTPPackets()
    var recording = MJRFile(.json2)
    for packet in packets.next(3) { recording.append(packet) }
    try folder.write(recording.bytes, to: "good.mjr")
    try folder.write([1, 2, 3], to: "bad.mjr")
    try folder.makeFolder("full")
    try folder.write([], to: "full/file")
    try folder.makeFolder("empty")

    #expect(code("none.mjr", "a") == .notFound)
    #expect(code("empty", "a") == .invalid)
    #expect(code("bad.mjr", "a") == .invalid)
    #expect(code("good.mjr", "full") == .exists)
    #expect(code("good.mjr", "bad.mjr") == .exists)
    #expect(code("good.mjr", "none/a") == .notFound)
    // Nothing is left of what failed.
    #expect(try folder.names() == ["bad.mjr", "empty", "full", "good.mjr"])
    #expect(code("good.mjr", "a") == nil)
    #expect(code("good.mjr", "empty") == nil)
    #expect(code("good.mjr", "a") == .exists)
    #expect(try folder.names() == ["a", "bad.mjr", "empty", "full", "good.mjr"])
    #expect(try CaptureReader(opening: folder.path.appending("a")).session.id == "a")
  }

  @Test("stopped by its progress, an import leaves nothing behind")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    var packets = RTPPackets()
    var recording = MJRFile(.json2)
    for packet in packets.next(5000) { recording.append(packet) }
    try folder.write(recording.bytes, to: "long.mjr")
    #expect(throws: CaptureError(.io, "stop")) {
      _ = try CaptureImporter.run(
        folder.path.appending("long.mjr"), to: folder.path.appending("a"),
        progress: { part throws(CaptureError) in
          if part > 0.5 { throw CaptureError(.io, "stop") }
        })
    }
    let cancellation = CaptureCancellation()
    #expect(throws: CaptureError(.cancelled, "interrupted; nothing was kept")) {
      _ = try CaptureImporter.run(
        folder.path.appending("long.mjr"), to: folder.path.appending("a"),
        cancellation: cancellation,
        progress: { part throws(CaptureError) in if part > 0.5 { cancellation.cancel() } })
    }
    #expect(try folder.names() == ["long.mjr"])
  }
}

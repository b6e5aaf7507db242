internal import SystemPackage
internal import TestSupport

@testable internal import CaptureLog

enum CaptureFixture {
  static let start: Int64 = 1_795_510_802_000_000_000

  static let session = SessionInfo(
    id: "20261124T090002Z-1001-2002", guildID: "1001", channelID: "2002",
    start: "2026-11-24T09:00:02Z", startUnixNanoseconds: start, build: "tapedeck test",
    recipients: [], source: "simulated", encryptedAtRest: false, bootID: "boot")

  static let ipv4 = addresses("192.0.2.1:50001", "198.51.100.7:50002")
  static let ipv6 = addresses("[2001:db8::1]:50001", "[2001:db8::2]:50002")

  static func addresses(_ local: String, _ remote: String) -> DatagramAddresses {
    guard let addresses = DatagramAddresses(local: local, remote: remote) else {
      preconditionFailure("bad fixture")
    }
    return addresses
  }

  static func time(_ index: Int) -> Int64 { start + Int64(index) * 20_000_000 }

  /// A capture of `packets` packets of 100 to 220 bytes and an event after every tenth.
  static func write(
    to folder: FilePath, packets: Int, segmentBytes: Int64 = CaptureBuilder.defaultSegmentBytes,
    finished: Bool = true
  ) throws {
    var random = SplitMix64(seed: 7)
    var builder = try CaptureBuilder(
      creating: folder, session: session, segmentBytes: segmentBytes, synchronizes: false)
    try builder.addConnection(0, addresses: ipv4)
    for index in 0..<packets {
      let packet = random.bytes(100 + Int(random.next() % 121))
      try builder.append(
        packet: packet.span, connection: 0, time: time(index), isOutbound: index % 25 == 24)
      if index % 10 == 9 {
        let event = SpeakingEvent(connection: 0, user: "\(index)", ssrc: 5, speaking: 1)
        try builder.append(CaptureEvent(event, time: time(index)))
      }
    }
    if finished { try builder.finish() }
  }

  /// Everything that a capture holds.
  static func records(_ folder: FilePath) throws -> [CaptureRecord] {
    var reader = try CaptureReader(opening: folder)
    var records: [CaptureRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }
}

extension [CaptureRecord] {
  var damages: [CaptureDamage] {
    compactMap { if case .damage(let damage) = $0 { damage } else { nil } }
  }
  var events: [CaptureEvent] {
    compactMap { if case .event(let event) = $0 { event } else { nil } }
  }
  var packets: [PacketRecord] {
    compactMap { if case .packet(let packet) = $0 { packet } else { nil } }
  }
}

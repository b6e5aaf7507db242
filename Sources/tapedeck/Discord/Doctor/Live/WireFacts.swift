internal import CaptureLog
internal import JSONValues
internal import RTP
internal import SystemPackage

/// What Discord sent in a session, as numbers: of the clear bytes of packets, and of events.
struct WireFacts: Equatable {
  var rtp = 0
  var padded = 0
  var extended = 0
  var payloadTypes: [Int: Int] = [:]
  var rtcp = 0
  var keepalives = 0
  var foreign = 0
  var modes: Set<String> = []
  var daveVersions: Set<Int> = []
  var connections = 0
  var closeCodes: [Int: Int] = [:]
  var events: [String: Int] = [:]

  init() {}

  /// Reads a capture.
  init(capture: FilePath) throws(CaptureError) {
    var reader = try CaptureReader(opening: capture)
    while let record = try reader.next() {
      switch record {
      case .packet(let packet):
        guard !packet.isOutbound else { continue }
        let kind = reader.withPayload { DatagramKind.classify($0) }
        add(kind, hasPadding: reader.withPayload { !$0.isEmpty && $0[0] & 0x20 != 0 })
      case .event(let event): add(event)
      case .damage: break
      }
    }
  }

  mutating func add(_ kind: DatagramKind, hasPadding: Bool) {
    switch kind {
    case .rtp(let header):
      rtp += 1
      if hasPadding { padded += 1 }
      if header.hasExtension { extended += 1 }
      // Whatever is on the wire: at most 128 kinds.
      payloadTypes[Int(header.payloadType), default: 0] += 1
    case .rtcp: rtcp += 1
    case .keepalive: keepalives += 1
    case .ipDiscovery: break
    case .tooShort, .foreign: foreign += 1
    }
  }

  mutating func add(_ event: CaptureEvent) {
    events[event.kind, default: 0] += 1
    if let connection = event.payload(ConnectionEvent.self) {
      connections += 1
      modes.insert(connection.mode)
      daveVersions.insert(connection.dave)
    } else if let end = event.payload(DisconnectEvent.self), let code = end.code {
      closeCodes[code, default: 0] += 1
    }
  }

  var json: JSONValue {
    func counts(_ table: [Int: Int]) -> JSONValue {
      .object(
        Dictionary(
          uniqueKeysWithValues: table.map { ("\($0.key)", .integer(Int64($0.value))) }))
    }
    // Modes are Discord's names; anything that does not look like one might be something else.
    let named = modes.filter { mode in
      mode.utf8.count < 60 && mode.utf8.allSatisfy { $0 == 0x5F || (0x30...0x7A).contains($0) }
    }
    return [
      "rtp": .integer(Int64(rtp)), "padded": .integer(Int64(padded)),
      "extended": .integer(Int64(extended)), "payload_types": counts(payloadTypes),
      "rtcp": .integer(Int64(rtcp)), "keepalive_echoes": .integer(Int64(keepalives)),
      "foreign": .integer(Int64(foreign)),
      "modes": .array(named.sorted().map { .string($0) }),
      "dave_versions": .array(daveVersions.sorted().map { .integer(Int64($0)) }),
      "connections": .integer(Int64(connections)), "close_codes": counts(closeCodes),
      "events": .object(events.mapValues { .integer(Int64($0)) }),
    ]
  }
}

internal import RTP

/// The datagrams of a voice socket that are no speech.
enum ControlPackets {
  /// A sender report with a source description behind it (RFC 3550, 6.4.1 and 6.5), before
  /// encryption: 8 bytes of header, then the rest.
  static func senderReport(_ report: SenderReport, startUnixNanoseconds: Int64)
    -> PreparedPacket
  {
    var header: [UInt8] = []
    RTCPHeader(packetType: 200, ssrc: report.ssrc, lengthField: 6).encode(into: &header)
    let time = startUnixNanoseconds + report.senderTime
    let seconds = time / 1_000_000_000
    let fraction = (UInt64(time % 1_000_000_000) << 32) / 1_000_000_000
    var rest: [UInt8] = []
    // NTP counts from 1900 (RFC 3550, 4).
    append(UInt32(truncatingIfNeeded: seconds + 2_208_988_800), to: &rest)
    append(UInt32(truncatingIfNeeded: fraction), to: &rest)
    append(report.timestamp, to: &rest)
    append(report.packetCount, to: &rest)
    append(report.octetCount, to: &rest)
    RTCPHeader(packetType: 202, ssrc: report.ssrc, count: 1, lengthField: 3).encode(into: &rest)
    // CNAME of four bytes, then the end of the list.
    rest += [1, 4] + Array("tape".utf8) + [0, 0]
    return PreparedPacket(header: header, plaintext: rest)
  }

  /// The recorder's keepalive, which the server sends back unchanged.
  static func keepalive(_ counter: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: counter >> (8 * $0)) }
  }

  private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    for shift in [24, 16, 8, 0] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}

internal import RTP

/// RTCP sender reports (RFC 3550 sections 6.4.1 and 6.5), before encryption.
enum SenderReport {
  /// A report with a source description behind it: the 8 bytes of header in the clear, and the rest.
  ///
  /// - Parameter time: nanoseconds since 1970.
  static func packet(
    of sender: MediaClient, _ timestamp: UInt32, time: Int64
  ) -> (header: [UInt8], rest: [UInt8]) {
    var header: [UInt8] = []
    RTCPHeader(packetType: 200, ssrc: sender.ssrc, lengthField: 6).encode(into: &header)
    let seconds = time / 1_000_000_000
    let fraction = (UInt64(max(time % 1_000_000_000, 0)) << 32) / 1_000_000_000
    var rest: [UInt8] = []
    // NTP counts from 1900 (RFC 3550, 4).
    for word in [
      UInt32(truncatingIfNeeded: seconds + 2_208_988_800), UInt32(truncatingIfNeeded: fraction),
      timestamp, sender.packetCount, sender.octetCount,
    ] {
      rest += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
    RTCPHeader(packetType: 202, ssrc: sender.ssrc, count: 1, lengthField: 3).encode(into: &rest)
    // CNAME of four bytes, then the end of the list.
    rest += [1, 4] + Array("tape".utf8) + [0, 0]
    return (header, rest)
  }
}

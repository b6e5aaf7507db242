extension Dissection {
  /// Takes an IPv4 or IPv6 packet at `offset` of a captured frame apart.
  init(internet frame: Span<UInt8>, at offset: Int) {
    guard offset < frame.count else {
      self = .malformed
      return
    }
    switch frame[offset] >> 4 {
    case 4: self.init(ipv4: frame, at: offset)
    case 6: self.init(ipv6: frame, at: offset)
    default: self = .otherProtocol
    }
  }

  /// RFC 791, section 3.1.
  private init(ipv4 frame: Span<UInt8>, at offset: Int) {
    let available = frame.count - offset
    let headerLength = Int(frame[offset] & 0x0F) * 4
    guard headerLength >= 20 else {
      self = .malformed
      return
    }
    guard available >= headerLength else {
      self = .snapped
      return
    }
    guard frame[offset + 9] == IPProtocol.udp else {
      self = .otherProtocol
      return
    }
    // More fragments, or an offset.
    guard frame.uint16(at: offset + 6) & 0x3FFF == 0 else {
      self = .fragment
      return
    }
    let flow = Flow(
      source: UInt128(frame.uint32(at: offset + 12)),
      destination: UInt128(frame.uint32(at: offset + 16)), sourcePort: 0, destinationPort: 0,
      isIPv6: false)
    // 0 is what a network card that cuts packets itself leaves behind.
    let totalLength = Int(frame.uint16(at: offset + 2))
    guard totalLength == 0 || totalLength >= headerLength + 8 else {
      self = .malformed
      return
    }
    self.init(
      udp: frame, at: offset + headerLength,
      end: totalLength == 0 ? nil : offset + totalLength, flow: flow)
  }

  /// RFC 8200, sections 3 and 4.
  private init(ipv6 frame: Span<UInt8>, at offset: Int) {
    guard frame.count - offset >= 40 else {
      self = .snapped
      return
    }
    let payloadLength = Int(frame.uint16(at: offset + 4))
    let end = payloadLength == 0 ? nil : offset + 40 + payloadLength
    func address(at offset: Int) -> UInt128 {
      (0..<4).reduce(0) { $0 << 32 | UInt128(frame.uint32(at: offset + $1 * 4)) }
    }
    let flow = Flow(
      source: address(at: offset + 8), destination: address(at: offset + 24), sourcePort: 0,
      destinationPort: 0, isIPv6: true)
    var next = frame[offset + 6]
    var position = offset + 40
    while next != IPProtocol.udp {
      let length: Int
      switch next {
      case 0, 43, 60, 135, 139, 140, IPProtocol.authentication, IPProtocol.fragment:
        guard frame.count - position >= 8 else {
          self = .snapped
          return
        }
      default:
        self = .otherProtocol
        return
      }
      switch next {
      case IPProtocol.fragment:
        // An offset, or more to come; a packet that is whole all the same is none (RFC 6946).
        guard frame.uint16(at: position + 2) & 0xFFF9 == 0 else {
          self = .fragment
          return
        }
        length = 8
      case IPProtocol.authentication:
        length = (Int(frame[position + 1]) + 2) * 4
      default:
        length = (Int(frame[position + 1]) + 1) * 8
      }
      next = frame[position]
      position += length
      // A long chain of headers ends with the frame.
      guard position <= frame.count else {
        self = .snapped
        return
      }
    }
    self.init(udp: frame, at: position, end: end, flow: flow)
  }

  /// RFC 768; `end` is where the IP packet says it ends.
  private init(udp frame: Span<UInt8>, at offset: Int, end: Int?, flow: Flow) {
    guard frame.count - offset >= 8 else {
      self = .snapped
      return
    }
    var flow = flow
    flow.sourcePort = frame.uint16(at: offset)
    flow.destinationPort = frame.uint16(at: offset + 2)
    let length = Int(frame.uint16(at: offset + 4))
    // 0 stands for what the IP packet holds (jumbograms, and offloading as above).
    let payloadEnd = length == 0 ? end ?? frame.count : offset + length
    guard length == 0 || length >= 8, payloadEnd >= offset + 8, payloadEnd <= end ?? payloadEnd
    else {
      self = .malformed
      return
    }
    guard payloadEnd <= frame.count else {
      self = .snapped
      return
    }
    self = .udp(flow, payload: offset + 8..<payloadEnd)
  }
}

/// Numbers of https://www.iana.org/assignments/protocol-numbers.
private enum IPProtocol {
  static let udp: UInt8 = 17
  static let fragment: UInt8 = 44
  static let authentication: UInt8 = 51
}

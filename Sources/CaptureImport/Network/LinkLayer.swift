/// What a captured frame holds.
enum Dissection: Equatable {
  /// A whole UDP datagram: its flow and the range of its payload in the frame.
  case udp(Flow, payload: Range<Int>)
  /// A UDP datagram that was cut when it was captured.
  case snapped
  /// A part of a fragmented IP packet.
  case fragment
  /// Sound, but not UDP over IP.
  case otherProtocol
  /// Lengths that contradict each other.
  case malformed
  /// A link type that is not known here.
  case unknownLinkType
}

/// The link types of pcap and pcapng files (https://www.tcpdump.org/linktypes.html) that carry IP.
enum LinkType: UInt32 {
  case null = 0
  case ethernet = 1
  /// Raw IP as some systems' captures number it.
  case rawBSD = 12
  case rawOpenBSD = 14
  case raw = 101
  case loopback = 108
  case linuxCooked = 113
  case ipv4 = 228
  case ipv6 = 229
  case linuxCooked2 = 276
}

extension Dissection {
  /// Takes a captured frame apart.
  ///
  /// - Parameters:
  ///   - frame: the captured bytes, which may be fewer than were sent.
  ///   - linkType: the link type of the file or interface.
  init(frame: Span<UInt8>, linkType: UInt32) {
    guard let linkType = LinkType(rawValue: linkType) else {
      self = .unknownLinkType
      return
    }
    switch linkType {
    case .raw, .rawBSD, .rawOpenBSD, .ipv4, .ipv6:
      self.init(internet: frame, at: 0)
    case .null, .loopback:
      // A protocol family in an unknown byte order; the version in the IP header tells as much.
      guard frame.count >= 4 else {
        self = .malformed
        return
      }
      self.init(internet: frame, at: 4)
    case .ethernet:
      self.init(etherTypeAt: 12, of: frame)
    case .linuxCooked:
      self.init(etherTypeAt: 14, of: frame)
    case .linuxCooked2:
      // The protocol comes first here, and the payload behind 20 bytes.
      guard frame.count >= 20 else {
        self = .malformed
        return
      }
      self.init(etherType: frame.uint16(at: 0), payloadAt: 20, of: frame)
    }
  }

  private init(etherTypeAt offset: Int, of frame: Span<UInt8>) {
    guard frame.count >= offset + 2 else {
      self = .malformed
      return
    }
    self.init(etherType: frame.uint16(at: offset), payloadAt: offset + 2, of: frame)
  }

  private init(etherType: UInt16, payloadAt start: Int, of frame: Span<UInt8>) {
    var etherType = etherType
    var offset = start
    // 802.1Q and 802.1ad tags, and the number that was used before 802.1ad.
    while etherType == 0x8100 || etherType == 0x88A8 || etherType == 0x9100 {
      guard frame.count >= offset + 4 else {
        self = .malformed
        return
      }
      etherType = frame.uint16(at: offset + 2)
      offset += 4
    }
    switch etherType {
    case 0x0800, 0x86DD: self.init(internet: frame, at: offset)
    default: self = .otherProtocol
    }
  }
}

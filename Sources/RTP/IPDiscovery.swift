/// The 74-byte message by which a client learns its public address: type, length 70, SSRC,
/// address as 64 bytes of text ended by a zero, port.
package struct IPDiscovery: Equatable, Sendable {
  package enum Kind: UInt16, Sendable {
    case request = 1
    case response = 2
  }

  /// The size of either message, bytes.
  package static let length = 74

  package var kind: Kind
  package var ssrc: UInt32
  /// Empty in a request.
  package var address: String
  /// 0 in a request.
  package var port: UInt16

  package static func request(ssrc: UInt32) -> IPDiscovery {
    IPDiscovery(kind: .request, ssrc: ssrc, address: "", port: 0)
  }

  package static func response(ssrc: UInt32, address: String, port: UInt16) -> IPDiscovery {
    IPDiscovery(kind: .response, ssrc: ssrc, address: address, port: port)
  }

  package init(kind: Kind, ssrc: UInt32, address: String, port: UInt16) {
    self.kind = kind
    self.ssrc = ssrc
    self.address = address
    self.port = port
  }

  /// Whether size, type and length field are those of a discovery message.
  package static func matches(_ datagram: Span<UInt8>) -> Bool {
    datagram.count == length && Kind(rawValue: datagram.uint16(at: 0)) != nil
      && datagram.uint16(at: 2) == UInt16(length - 4)
  }

  /// Reads one message.
  ///
  /// - Throws: ``RTPError/discovery`` when it is none, or its address is not printable ASCII.
  package init(parsing datagram: Span<UInt8>) throws(RTPError) {
    guard Self.matches(datagram), let kind = Kind(rawValue: datagram.uint16(at: 0)) else {
      throw .discovery
    }
    var address = ""
    for offset in 8..<72 {
      let byte = datagram[offset]
      if byte == 0 { break }
      guard (0x21...0x7E).contains(byte) else { throw .discovery }
      address.unicodeScalars.append(Unicode.Scalar(byte))
    }
    self.init(
      kind: kind, ssrc: datagram.uint32(at: 4), address: address, port: datagram.uint16(at: 72))
  }

  /// The message's 74 bytes; an address longer than 63 bytes is cut.
  package func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.length)
    bytes.appendBigEndian(kind.rawValue)
    bytes.appendBigEndian(UInt16(Self.length - 4))
    bytes.appendBigEndian(ssrc)
    bytes.append(contentsOf: address.utf8.prefix(63))
    bytes.append(contentsOf: repeatElement(0, count: 72 - bytes.count))
    bytes.appendBigEndian(port)
    return bytes
  }
}

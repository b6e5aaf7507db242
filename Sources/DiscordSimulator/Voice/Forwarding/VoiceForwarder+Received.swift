internal import RTP

/// What clients send.
extension VoiceForwarder {
  /// No network answers at once, ns: discord.py loses an answer that is there before it listens.
  private static let discoveryDelay: Int64 = 5_000_000

  /// A datagram came.
  mutating func received(
    _ datagram: [UInt8], from address: VoiceAddress, now: Int64
  ) -> [VoiceDatagram] {
    switch DatagramKind.classify(datagram.span) {
    case .ipDiscovery:
      guard let request = try? IPDiscovery(parsing: datagram.span), request.kind == .request,
        let client = clients[request.ssrc], !client.isScripted, client.path.isOpen(at: now)
      else { return refuse() }
      statistics.discoveries += 1
      let answer = IPDiscovery.response(
        ssrc: request.ssrc, address: address.host, port: address.port)
      delayed.insert(
        VoiceDatagram(bytes: answer.encoded(), to: address), due: now + Self.discoveryDelay)
      return []
    case .keepalive:
      guard let client = clients.values.first(where: { $0.transport?.address == address }),
        client.path.isOpen(at: now)
      else { return refuse() }
      statistics.keepalives += 1
      return [VoiceDatagram(bytes: datagram, to: address)]
    case .rtp(let header): return received(header, datagram, now: now)
    // Receiver reports: nobody needs them.
    case .rtcp: return []
    case .tooShort, .foreign: return refuse()
    }
  }

  private mutating func refuse() -> [VoiceDatagram] {
    statistics.refused += 1
    return []
  }

  private mutating func received(
    _ header: RTPHeader, _ datagram: [UInt8], now: Int64
  ) -> [VoiceDatagram] {
    guard let client = clients[header.ssrc], client.path.isOpen(at: now),
      let plaintext = client.transport?.open(
        datagram, authenticatedLength: header.authenticatedLength),
      plaintext.count >= header.extensionBodyLength
    else { return refuse() }
    var payload = Array(plaintext[header.extensionBodyLength...])
    guard let length = try? payloadWithoutPadding(payload.span, hasPadding: header.hasPadding)
    else { return refuse() }
    payload.removeLast(payload.count - length)
    statistics.received += 1
    guard client.mayTalk else {
      statistics.silenced += 1
      return []
    }
    let isSealed = payload.suffix(2) == [0xFA, 0xFA]
    return forward(
      Speech(
        sequence: header.sequenceNumber, timestamp: header.timestamp, marker: header.marker,
        payloadType: header.payloadType, payload: payload, opus: isSealed ? nil : payload,
        time: now),
      of: client, now: now)
  }
}

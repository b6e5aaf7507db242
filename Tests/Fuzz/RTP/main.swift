internal import Audio
internal import Fuzzing
internal import RTP

fuzz { bytes, count in
  let bytes = input(bytes, count)
  switch DatagramKind.classify(bytes.span) {
  case .rtp(let header):
    let start = header.authenticatedLength + header.extensionBodyLength
    precondition(start <= bytes.count)
    let body = bytes.span.extracting(start..<bytes.count)
    if let length = try? payloadWithoutPadding(body, hasPadding: header.hasPadding),
      let packet = try? OpusPacket(parsing: body.extracting(0..<length))
    {
      precondition(packet.totalSamples <= OpusPacket.maximumSamples)
      for index in 0..<packet.frameCount {
        precondition(packet.frameRange(index).upperBound <= length)
      }
    }
    var sequence = SequenceUnwrapper()
    var timestamp = TimestampUnwrapper()
    var jitter = InterarrivalJitter()
    for arrival in [0, Int64.max, Int64.min, Int64(header.timestamp) << 31] {
      _ = sequence.unwrap(header.sequenceNumber, at: arrival)
      _ = timestamp.unwrap(header.timestamp, at: arrival)
      jitter.record(timestamp: header.timestamp, arrival: arrival)
    }
  case .ipDiscovery:
    _ = try? IPDiscovery(parsing: bytes.span)
  case .rtcp, .keepalive, .tooShort, .foreign:
    break
  }
  // The whole input as a payload, too.
  _ = try? OpusPacket(parsing: bytes.span)
  return 0
}

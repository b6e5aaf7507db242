/// The frame packing of RFC 6716 section 3.2: sizes of the frames for each of the four codes.
struct OpusPacketLayout {
  let configuration: Int
  let isStereo: Bool
  private(set) var frameCount = 1
  private(set) var offset = 1
  private(set) var padding = 0
  private(set) var frameBytes = InlineArray<48, UInt16>(repeating: 0)

  init(parsing packet: Span<UInt8>) throws(OpusPacketFault) {
    guard packet.count > 0 else { throw .empty }
    let toc = packet[0]
    configuration = Int(toc >> 3)
    isStereo = toc & 4 != 0
    switch toc & 3 {
    case 0:
      try setFrame(0, bytes: packet.count - 1)
    case 1:
      let bytes = packet.count - 1
      guard bytes % 2 == 0 else { throw .unevenFrames }
      frameCount = 2
      try setFrame(0, bytes: bytes / 2)
      try setFrame(1, bytes: bytes / 2)
    case 2:
      frameCount = 2
      let first = try readLength(packet, end: packet.count)
      guard first <= packet.count - offset else { throw .truncated }
      try setFrame(0, bytes: first)
      try setFrame(1, bytes: packet.count - offset - first)
    default:
      try parseArbitraryCount(packet)
    }
    // Codes 0 to 2 cannot exceed it (two frames of 60 ms), so this is about code 3 only.
    let samples = frameCount * OpusPacket.frameSamples(configuration: configuration)
    guard samples <= OpusPacket.maximumSamples else { throw .tooMuchAudio }
  }

  /// Code 3 (RFC 6716 section 3.2.5): a frame count byte, padding, then constant or variable sizes.
  private mutating func parseArbitraryCount(_ packet: Span<UInt8>) throws(OpusPacketFault) {
    guard packet.count > 1 else { throw .truncated }
    let header = packet[1]
    offset = 2
    frameCount = Int(header & 0x3F)
    guard frameCount > 0 else { throw .noFrames }
    let samples = frameCount * OpusPacket.frameSamples(configuration: configuration)
    guard samples <= OpusPacket.maximumSamples else { throw .tooMuchAudio }
    if header & 0x40 != 0 { try readPadding(packet) }
    let end = packet.count - padding
    guard offset <= end else { throw .truncated }
    guard header & 0x80 != 0 else {
      let bytes = end - offset
      guard bytes % frameCount == 0 else { throw .unevenConstantRate }
      for index in 0..<frameCount { try setFrame(index, bytes: bytes / frameCount) }
      return
    }
    var sum = 0
    for index in 0..<frameCount - 1 {
      let bytes = try readLength(packet, end: end)
      try setFrame(index, bytes: bytes)
      sum += bytes
    }
    guard sum <= end - offset else { throw .truncated }
    try setFrame(frameCount - 1, bytes: end - offset - sum)
  }

  /// Each 255 stands for 254 bytes of padding and says that another count follows.
  private mutating func readPadding(_ packet: Span<UInt8>) throws(OpusPacketFault) {
    while true {
      guard offset < packet.count else { throw .truncated }
      let count = packet[offset]
      offset += 1
      if count < 255 {
        padding += Int(count)
        return
      }
      padding += 254
    }
  }

  /// A one- or two-byte frame length (RFC 6716 section 3.2.1).
  private mutating func readLength(
    _ packet: Span<UInt8>, end: Int
  ) throws(OpusPacketFault) -> Int {
    guard offset < end else { throw .truncated }
    let first = Int(packet[offset])
    offset += 1
    guard first >= 252 else { return first }
    guard offset < end else { throw .truncated }
    let second = Int(packet[offset])
    offset += 1
    return second * 4 + first
  }

  private mutating func setFrame(_ index: Int, bytes: Int) throws(OpusPacketFault) {
    guard bytes <= OpusPacket.maximumFrameBytes else { throw .frameTooLong }
    frameBytes[index] = UInt16(bytes)
  }
}

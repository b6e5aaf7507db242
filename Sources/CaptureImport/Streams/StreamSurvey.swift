internal import RTP

/// What the first pass over a recording learns: which senders there are, and which of them send Opus.
struct StreamSurvey {
  /// Datagrams that merely look like RTP would fill the memory: a sender counts from its second
  /// packet with a consecutive number (RFC 3550 appendix A.1), and when there are this many the
  /// others are forgotten.
  static let mostSenders = 16_384

  /// Senders by SSRC.
  private(set) var senders: [UInt32: Sender] = [:]
  /// Senders that came when there were too many.
  private(set) var isFull = false
  /// True when no datagram had an arrival time.
  private(set) var isTimeless = true
  private var seen = 0
  private var lastTime: Int64 = 0

  /// - Parameters:
  ///   - samples: how long the payload lasts at 48 kHz if it is Opus, else nil; 0 when empty.
  ///   - time: arrival in nanoseconds since the Unix epoch, nil where the recording has none.
  mutating func observe(_ header: RTPHeader, samples: UInt32?, flow: Flow, time: Int64?) {
    if let time {
      isTimeless = false
      lastTime = time
    }
    if senders[header.ssrc] == nil {
      guard makeRoom() else { return }
      senders[header.ssrc] = Sender(
        order: seen, flow: flow, lastSequence: header.sequenceNumber &- 2,
        clock: RTPArrivalClock(start: lastTime))
      seen += 1
    }
    senders[header.ssrc]?.observe(header, samples: samples, time: time)
  }

  /// For an error: what there is in place of Opus.
  var hint: String {
    var packets: [UInt8: UInt64] = [:]
    for sender in senders.values where sender.isValid {
      for type in sender.types { packets[type.payloadType, default: 0] += type.packets }
    }
    guard !packets.isEmpty else { return "" }
    let most = packets.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(5)
    let list = most.map { "\($0.key) (\($0.value) packets)" }.joined(separator: ", ")
    return "; there is RTP of other kinds or encrypted, payload types \(list); "
      + "--payload-type imports one all the same"
  }

  private mutating func makeRoom() -> Bool {
    guard senders.count >= Self.mostSenders else { return true }
    guard !isFull else { return false }
    senders = senders.filter { $0.value.isValid }
    // Else it would be searched again and again for few places.
    isFull = senders.count > Self.mostSenders / 2
    return senders.count < Self.mostSenders
  }
}

/// A sender of RTP: its SSRC, and all that came with it.
struct Sender {
  /// A sender changes between few payload types.
  private static let mostPayloadTypes = 16

  /// Senders are numbered in the order of their first packets.
  let order: Int
  /// The flow of its first packet. It may move to another one (NAT, a change of network).
  let flow: Flow
  /// Where the recording has no arrival times.
  private(set) var clock: RTPArrivalClock
  /// True once two packets had consecutive numbers.
  private(set) var isValid = false
  private(set) var types: [OpusEvidence] = []
  private var lastSequence: UInt16

  init(order: Int, flow: Flow, lastSequence: UInt16, clock: RTPArrivalClock) {
    self.order = order
    self.flow = flow
    self.lastSequence = lastSequence
    self.clock = clock
  }

  mutating func observe(_ header: RTPHeader, samples: UInt32?, time: Int64?) {
    if header.sequenceNumber == lastSequence &+ 1 { isValid = true }
    lastSequence = header.sequenceNumber
    let arrival = time ?? clock.arrival(of: header.timestamp)
    var index = types.firstIndex { $0.payloadType == header.payloadType }
    if index == nil, types.count < Self.mostPayloadTypes {
      index = types.endIndex
      types.append(OpusEvidence(payloadType: header.payloadType))
    }
    if let index { types[index].observe(header, samples: samples, time: arrival) }
  }
}

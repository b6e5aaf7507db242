internal import Audio
internal import RTP

/// What the packets of one payload type of one sender tell of their codec.
///
/// RTP does not name codecs. Opus always has a dynamic payload type (RFC 7587) and a 48 kHz clock,
/// and says in its first byte how long a packet lasts. So a payload type is taken for Opus when it is
/// dynamic, at least nine of ten payloads have a sound Opus structure (RFC 6716 section 3), and of
/// the packets that follow one another at least one in four advances the timestamp by just what the
/// packet before lasts: not all, since senders that stop in pauses may jump. Video, other codecs'
/// clocks and encrypted payloads fail the one or the other.
struct OpusEvidence: Equatable {
  /// Payload types without a fixed meaning (RFC 3551, section 6).
  static let dynamicPayloadTypes: ClosedRange<UInt8> = 96...127

  let payloadType: UInt8
  private(set) var packets: UInt64 = 0
  /// The earliest arrival and the latest end of a packet's audio, nanoseconds.
  private(set) var start: Int64 = .max
  private(set) var end: Int64 = .min
  /// Packets with a payload, and those of them with the structure of Opus.
  private var filled: UInt64 = 0
  private var framed: UInt64 = 0
  /// Pairs of packets with consecutive numbers, and those whose timestamps differ by the duration.
  private var steps: UInt64 = 0
  private var matchingSteps: UInt64 = 0
  /// How much audio those packets hold, samples at 48 kHz: at least as long they took to come.
  private(set) var steadySamples: Int64 = 0
  private var last: (sequence: UInt16, timestamp: UInt32, samples: UInt32)?

  init(payloadType: UInt8) { self.payloadType = payloadType }

  static func == (left: OpusEvidence, right: OpusEvidence) -> Bool {
    left.payloadType == right.payloadType && left.packets == right.packets
  }

  /// - Parameter samples: how long the payload lasts at 48 kHz if it is Opus, else nil; 0 when empty.
  mutating func observe(_ header: RTPHeader, samples: UInt32?, time: Int64) {
    packets += 1
    start = min(start, time)
    // 62,500 / 3 ns a sample.
    let (ending, overflow) = time.addingReportingOverflow(Int64(samples ?? 0) * 62_500 / 3)
    end = max(end, overflow ? time : ending)
    if samples != 0 {
      filled += 1
      if samples != nil { framed += 1 }
    }
    if let last, header.sequenceNumber == last.sequence &+ 1, last.samples > 0 {
      steps += 1
      if header.timestamp &- last.timestamp == last.samples {
        matchingSteps += 1
        steadySamples += Int64(last.samples)
      }
    }
    last = (header.sequenceNumber, header.timestamp, samples ?? 0)
  }

  /// False when twice as much audio came as there was time for, beyond a burst of two seconds.
  var hasPlausibleTimes: Bool {
    let (taken, overflow) = end.subtractingReportingOverflow(start)
    return overflow || steadySamples / 48_000 / 2 <= taken / 1_000_000_000 + 1
  }

  var looksLikeOpus: Bool {
    Self.dynamicPayloadTypes.contains(payloadType) && filled > 0 && framed * 10 >= filled * 9
      && steps > 0 && matchingSteps * 4 >= steps
  }
}

/// The Opus payload of an RTP packet.
enum OpusPayload {
  /// How long it lasts at 48 kHz; 0 for an empty one, nil when it has not the structure of Opus.
  static func samples(of packet: Span<UInt8>, header: RTPHeader) -> UInt32? {
    let start = header.authenticatedLength + header.extensionBodyLength
    guard start <= packet.count else { return nil }
    let body = packet.extracting(start..<packet.count)
    guard !body.isEmpty else { return 0 }
    guard let count = try? payloadWithoutPadding(body, hasPadding: header.hasPadding) else {
      return nil
    }
    guard count > 0 else { return 0 }
    guard let opus = try? OpusPacket(parsing: body.extracting(0..<count)) else { return nil }
    return UInt32(opus.totalSamples)
  }
}

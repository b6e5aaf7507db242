package import CaptureLog

/// A sender report of one stream (RFC 3550, 6.4.1).
package struct SenderReport: Sendable, Equatable {
  package var speaker: Int
  package var connection: UInt32
  package var ssrc: UInt32
  /// The sender's wall clock, ns from the session's zero.
  package var senderTime: Int64
  /// RTP timestamp of that moment (wrapped).
  package var timestamp: UInt32
  package var packetCount: UInt32
  package var octetCount: UInt32
}

/// One step of a synthetic capture, in the order of time.
package enum TimelineStep: Sendable, Equatable {
  /// A packet left its sender: the order in which its encoder works. `id` counts from 0.
  case sent(SentPacket, id: UInt64, truth: TruthRecord)
  /// A copy of it reached the recorder; `isLast`: no further copy comes.
  case arrival(SentPacket, id: UInt64, time: Int64, copy: Int, isLast: Bool)
  case report(SenderReport, time: Int64)
  /// The connection of this number is ready: addresses, key and IP discovery come here.
  case connect(Int, time: Int64)
  /// Times of events are ns from the session's zero here.
  case event(CaptureEvent)
  /// A `clock` event is due; the recorder's wall clock is off by so much (its steps so far), ns.
  case clock(time: Int64, wallClockOffset: Int64)
  /// The recorder's 8-byte keepalive or the server's echo of it.
  case keepalive(connection: UInt32, counter: UInt64, isOutbound: Bool, time: Int64)
  case noise(NoiseKind, connection: UInt32, time: Int64)
  /// Somebody without the key sends what looks like the packet after this one, `samples` later.
  case forgery(after: SentPacket, samples: Int, time: Int64)

  /// When it happens, ns from the session's zero.
  var time: Int64 {
    switch self {
    case .sent(let packet, _, _): packet.sendTime
    case .event(let event): event.time
    case .arrival(_, _, let time, _, _), .report(_, let time), .connect(_, let time),
      .clock(let time, _), .keepalive(_, _, _, let time), .noise(_, _, let time),
      .forgery(_, _, let time):
      time
    }
  }
}

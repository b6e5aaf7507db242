/// What reading a recording gives, one after another.
enum SourceItem: Equatable {
  case datagram(SourceDatagram)
  /// A record that gives no datagram.
  case skipped(SkipCause)
  /// Bytes that are no sound record; reading goes on behind them.
  case damage(Range<Int64>)
}

/// A UDP datagram and where its payload lies in the file.
struct SourceDatagram: Equatable {
  /// Arrival in nanoseconds since the Unix epoch; nil where the recording does not tell.
  var time: Int64?
  var flow: Flow
  var offset: Int64
  var count: Int
}

/// Why a record of a recording gave no datagram.
enum SkipCause: Equatable {
  /// A part of a fragmented IP packet.
  case fragment
  /// The datagram was cut when it was captured.
  case snapped
  /// Not UDP over IP.
  case otherProtocol
  /// Lengths contradict each other.
  case malformed
  /// The link type is not known.
  case unknownLinkType
}

extension SourceItem {
  /// Takes the frame at `offset` of the file, which the window holds, apart.
  init(
    frameAt offset: Int64, count: Int, linkType: UInt32, time: Int64?,
    in window: borrowing SourceWindow
  ) {
    let dissection = window.withBytes(at: offset, count: count) { frame in
      Dissection(frame: frame, linkType: linkType)
    }
    switch dissection {
    case .udp(let flow, let payload):
      self = .datagram(
        SourceDatagram(
          time: time, flow: flow, offset: offset + Int64(payload.lowerBound),
          count: payload.count))
    case .snapped: self = .skipped(.snapped)
    case .fragment: self = .skipped(.fragment)
    case .otherProtocol: self = .skipped(.otherProtocol)
    case .malformed: self = .skipped(.malformed)
    case .unknownLinkType: self = .skipped(.unknownLinkType)
    }
  }
}

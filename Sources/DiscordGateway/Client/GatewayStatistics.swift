/// Counts of what a ``GatewayClient`` did since it was made.
public struct GatewayStatistics: Hashable, Sendable {
  /// Events passed on.
  public internal(set) var events = 0
  /// Sessions begun (Identify sent).
  public internal(set) var identifies = 0
  /// Sessions to be gone on with (Resume sent).
  public internal(set) var resumes = 0
  /// Connections that ended or could not be made.
  public internal(set) var reconnects = 0
  /// Sessions that could not be resumed, so that events may be missing.
  public internal(set) var lostSessions = 0
  /// Events that a replay brought once more, and that were dropped.
  public internal(set) var duplicates = 0
  /// Events whose numbers never came.
  public internal(set) var gaps = 0
  /// Messages that were no gateway payload, such as JSON nested deeper than 128. Since it may have
  /// been an event, the session is resumed, so that Discord sends it again; the second time such a
  /// message is passed over.
  public internal(set) var unreadable = 0
  /// Events dropped because a subscriber or handler was too slow.
  public internal(set) var missed = 0
  /// Errors that handlers threw.
  public internal(set) var handlerErrors = 0
  /// The time between the last heartbeat and its acknowledgement; nil before the first.
  public internal(set) var latency: Duration?

  mutating func count(_ note: SessionNote) {
    switch note {
    case .identifying: identifies += 1
    case .resuming: resumes += 1
    case .reconnecting(let cause, _, _):
      reconnects += 1
      if case .unreadable = cause { unreadable += 1 }
    case .sessionLost: lostSessions += 1
    case .duplicate: duplicates += 1
    case .gap(_, let count): gaps += Int(count)
    case .unreadableSkipped: unreadable += 1
    case .acknowledged(let time): latency = time
    case .outOfSessionStarts, .unexpectedEvent, .urlRefused: break
    }
  }
}

/// One bucket of requests, and who waits for it.
struct RateLimitBucket {
  /// What tells buckets apart.
  enum Key: Hashable {
    /// Limits not known yet.
    case unlearnt(template: String, resource: String)
    /// By Discord's name of it.
    case named(String, resource: String)
    /// Discord named no limit.
    case unlimited(template: String)
  }

  let key: Key
  /// Not under the bot's global limit.
  let isExempt: Bool
  var queue = TicketQueue()
  var inFlight = 0
  /// No request before then, whatever remains: a 429.
  var blockedUntil: Duration = .zero
  /// Known since the first answer.
  private(set) var limit: Int?
  private var remaining = 0
  /// The window's end by Discord's answers; nil while none came in this window.
  private(set) var resetsAt: Duration?
  private var lastReset: Duration = .zero
  private var windowLength: Duration = .zero
  /// Requests of which nothing is known any more: they may yet arrive, in this window or the next.
  private var uncertain = 0
  /// Until when they may.
  private var uncertainUntil: Duration = .zero
  /// Which window it is, counted from 0.
  private(set) var window = 0
  /// For which time a timer is set.
  var timer: Duration?
  /// Which ticket is offered as the next to start.
  var offered: UInt64?

  init(key: Key, isExempt: Bool) {
    self.key = key
    self.isExempt = isExempt
  }

  /// Discord rounds to the millisecond, and clocks are not equally fast.
  static let margin: Duration = .milliseconds(5)

  /// How long a request that was given up may still be on its way.
  private static let onItsWay: Duration = .milliseconds(300)

  /// Begins a new window when the old one has ended.
  mutating func refresh(at now: Duration) {
    guard let limit, let end = resetsAt, end <= now else { return }
    window += 1
    lastReset = end
    resetsAt = nil
    // Requests on their way may still arrive in the new window.
    remaining = max(limit - inFlight - uncertain, 0)
    // Nobody is left who could tell when it ends.
    if remaining == 0, inFlight == 0 { resetsAt = max(now, uncertainUntil) + windowLength }
    // A window may be shorter than the way of a request.
    if end >= uncertainUntil { uncertain = 0 }
  }

  /// Whether a request may start now; call `refresh` before.
  func canStart(at now: Duration) -> Bool {
    guard blockedUntil <= now else { return false }
    switch key {
    case .unlimited: return true
    case .unlearnt: return inFlight == 0
    case .named: return limit == nil ? inFlight == 0 : remaining > 0
    }
  }

  /// When it is worth to look again; nil if only an answer can change anything.
  func nextChange(after now: Duration) -> Duration? {
    if blockedUntil > now { return blockedUntil }
    guard limit != nil, let resetsAt, resetsAt > now else { return nil }
    return resetsAt
  }

  mutating func start() {
    inFlight += 1
    if limit != nil { remaining = max(remaining - 1, 0) }
  }

  /// A request came back without news of the limit.
  ///
  /// - Parameter mayArrive: It was given up, so Discord may see it only later.
  mutating func finishWithoutNews(mayArrive: Bool = false, at now: Duration) {
    // While it is still counted as on its way: if the window has ended, it may be in the new one.
    refresh(at: now)
    inFlight -= 1
    if mayArrive {
      if limit != nil {
        uncertain += 1
        uncertainUntil = max(uncertainUntil, now + Self.onItsWay)
      } else {
        blockedUntil = max(blockedUntil, now + Self.onItsWay)
      }
    }
    // Nobody is left who could tell when the window ends; it may begin only with what comes late.
    if inFlight == 0, limit != nil, resetsAt == nil {
      resetsAt = max(now, uncertainUntil) + windowLength
    }
  }

  /// News of the limit from an answer to a request of this bucket, or of one that became it.
  ///
  /// - Parameters:
  ///   - request: In which window and when it started; nil if it was not counted here.
  mutating func learn(
    _ facts: RateLimitFacts, request: (window: Int, start: Duration)?, at now: Duration
  ) {
    // While it is still counted as on its way: if the window has ended, it may be in the new one.
    refresh(at: now)
    if request != nil { inFlight -= 1 }
    guard let newLimit = facts.limit, let left = facts.remaining, let resetAfter = facts.resetAfter
    else {
      if request != nil, inFlight == 0, limit != nil, resetsAt == nil {
        resetsAt = now + windowLength
      }
      return
    }
    let isFirst = limit == nil
    let end = now + resetAfter + Self.margin
    // An answer from the last window: its end lies where that one's did, not a window later.
    if let request, request.window < window, resetsAt == nil,
      resetAfter <= lastReset - request.start
    {
      // It was counted there, so it is not counted in this one.
      remaining = min(remaining + 1, newLimit)
      if inFlight == 0, remaining < newLimit { resetsAt = now + windowLength }
      return
    }
    limit = max(newLimit, 1)
    windowLength = max(windowLength, resetAfter)
    // Requests on their way are not in Discord's count yet.
    let sure = max(left - inFlight, 0)
    if isFirst || (resetsAt == nil && request != nil) {
      remaining = sure
    } else if left < remaining {
      // Somebody else uses the bucket.
      remaining = sure
    } else if request == nil {
      remaining = min(remaining, sure)
    }
    resetsAt = max(resetsAt ?? .zero, end)
  }

  /// A 429 of this bucket.
  mutating func block(for wait: Duration, isShared: Bool, at now: Duration) {
    let end = now + wait + Self.margin
    blockedUntil = max(blockedUntil, end)
    guard !isShared, limit != nil else { return }
    remaining = 0
    resetsAt = max(resetsAt ?? .zero, end)
  }

  /// Whether nothing would be lost if it were forgotten.
  func isIdle(at now: Duration) -> Bool {
    queue.isEmpty && inFlight == 0 && blockedUntil <= now && (resetsAt ?? .zero) <= now
  }
}

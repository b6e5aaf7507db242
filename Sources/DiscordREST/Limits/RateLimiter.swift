/// Discord's rate limits as a state machine: who may make a request, and when.
///
/// Pure: it knows no clock, and says by `nextEvent` when it wants to be asked again. Times are
/// measured from any one moment. Whoever wants to make a request takes a ticket, waits until `run`
/// starts it, and hands it back with what came of it.
///
/// - A route whose limits are not known makes one request at a time until an answer tells them.
/// - Discord's count of a bucket trails ours by what is on its way, so ours is what decides.
/// - Tickets of a bucket start in order; among buckets the longest waiting is first.
package struct RateLimiter {
  /// A request that waits or is being made.
  package struct Ticket: Hashable, Sendable {
    let number: UInt64
  }

  /// What the owner is to do.
  package enum Action: Hashable, Sendable {
    /// The request may be made now.
    case start(Ticket)
    /// Its deadline has come; it does not wait any more.
    case expire(Ticket)
    /// It must not be made at all.
    case refuse(Ticket, Refusal)
  }

  /// Why no request is made at all.
  package enum Refusal: Hashable, Sendable {
    /// Discord has refused the token.
    case unauthorized
    /// Too many requests were refused; until when.
    case tooManyInvalidRequests(until: Duration)
  }

  /// What came of a request.
  package enum Outcome: Hashable, Sendable {
    /// An answer.
    case answered(RateLimitFacts)
    /// None: it was lost, cancelled, or never sent.
    case unknown
  }

  /// The numbers of the limits.
  package struct Configuration: Sendable {
    /// Requests in a second over all routes.
    package var globalLimit = 50
    /// Refused requests in 10 minutes at which we stop: Discord's limit is 10,000.
    package var invalidLimit = 8000
    /// How long everything waits when the network in front of Discord says no and not for how long.
    package var networkBackOff: Duration = .seconds(60)
    /// From how many buckets on idle ones are forgotten.
    package var bucketLimit = 1024

    package init() {}
  }

  struct Entry {
    enum State {
      case waiting
      case inFlight(window: Int, start: Duration)
    }
    let route: APIRoute
    let deadline: Duration
    var bucket: Int
    var state: State
  }

  /// What a route's answers have told.
  enum Knowledge {
    /// The bucket's name.
    case bucket(String)
    /// It has no limit.
    case unlimited
  }

  struct Ready: Comparable {
    let number: UInt64
    let bucket: Int
    static func < (left: Ready, right: Ready) -> Bool { left.number < right.number }
  }

  struct Timer: Comparable {
    let time: Duration
    /// A bucket or a ticket.
    let subject: UInt64
    static func < (left: Timer, right: Timer) -> Bool { left.time < right.time }
  }

  let configuration: Configuration
  var nextNumber: UInt64 = 0
  var nextBucket = 0
  var entries: [UInt64: Entry] = [:]
  var buckets: [Int: RateLimitBucket] = [:]
  var bucketIDs: [RateLimitBucket.Key: Int] = [:]
  var learnt: [String: Knowledge] = [:]
  var ready = MinimumHeap<Ready>()
  var exemptReady = MinimumHeap<Ready>()
  var bucketTimers = MinimumHeap<Timer>()
  var deadlines = MinimumHeap<Timer>()
  var global: GlobalLimit
  var globalBlock: Duration = .zero
  var networkBlock: Duration = .zero
  var invalid: InvalidRequestBudget
  var isUnauthorized = false
  var sweepAt: Int
  var waiting = 0

  /// A limiter that knows nothing of any route yet.
  package init(configuration: Configuration = .init()) {
    self.configuration = configuration
    global = GlobalLimit(limit: configuration.globalLimit)
    invalid = InvalidRequestBudget(limit: configuration.invalidLimit)
    sweepAt = configuration.bucketLimit
  }

  /// How many buckets are kept.
  package var bucketCount: Int { buckets.count }

  /// How many requests wait.
  package var waitingCount: Int { waiting }

  // MARK: Events

  /// A new ticket; it does not wait yet.
  package mutating func makeTicket() -> Ticket {
    nextNumber += 1
    return Ticket(number: nextNumber)
  }

  /// A request is to be made: the ticket waits until `run` says what is to become of it.
  ///
  /// To repeat a request after `finish`, give the same ticket again: it keeps its place.
  package mutating func request(
    _ ticket: Ticket, route: APIRoute, deadline: Duration, at now: Duration
  ) {
    guard entries[ticket.number] == nil else { return }
    let bucket = bucket(for: route, at: now)
    entries[ticket.number] = Entry(
      route: route, deadline: deadline, bucket: bucket, state: .waiting)
    waiting += 1
    buckets[bucket]?.queue.insert(ticket.number)
    deadlines.insert(Timer(time: deadline, subject: ticket.number))
    if deadlines.count > 2 * waiting + 64 {
      let entries = entries
      deadlines.keep { Self.isWaiting(entries[$0.subject]) }
    }
    offer(bucket, at: now)
  }

  /// Nobody wants to make the request any more; one that is being made is to be finished instead.
  package mutating func cancel(_ ticket: Ticket, at now: Duration) {
    guard let entry = entries[ticket.number], Self.isWaiting(entry) else { return }
    entries[ticket.number] = nil
    waiting -= 1
    let entries = entries
    buckets[entry.bucket]?.queue.leave { Self.isWaiting(entries[$0]) }
    offer(entry.bucket, at: now)
  }

  /// What may happen now; call it after every event and at `nextEvent`.
  package mutating func run(at now: Duration) -> [Action] {
    var actions: [Action] = []
    while let timer = bucketTimers.first, timer.time <= now {
      bucketTimers.removeFirst()
      guard let bucket = Int(exactly: timer.subject) else { continue }
      if buckets[bucket]?.timer == timer.time { buckets[bucket]?.timer = nil }
      offer(bucket, at: now)
    }
    while let timer = deadlines.first, timer.time <= now || !isWaiting(timer.subject) {
      deadlines.removeFirst()
      guard isWaiting(timer.subject), entries[timer.subject]?.deadline == timer.time else {
        continue
      }
      let ticket = Ticket(number: timer.subject)
      cancel(ticket, at: now)
      actions.append(.expire(ticket))
    }
    if let refusal = refusal(at: now) {
      for number in entries.keys.sorted() where isWaiting(number) {
        cancel(Ticket(number: number), at: now)
        actions.append(.refuse(Ticket(number: number), refusal))
      }
      return actions
    }
    guard networkBlock <= now else { return actions }
    while let bucket = Self.next(&exemptReady, &buckets, entries) {
      if let ticket = start(bucket, at: now) { actions.append(.start(ticket)) }
    }
    while max(global.free, globalBlock) <= now, let bucket = Self.next(&ready, &buckets, entries) {
      guard let ticket = start(bucket, at: now) else { continue }
      global.start(at: now)
      actions.append(.start(ticket))
    }
    return actions
  }

  /// When `run` is to be called next, if nothing happens before; nil if only an event can help.
  package var nextEvent: Duration? {
    var next = [bucketTimers.first?.time, waiting > 0 ? deadlines.first?.time : nil]
      .compactMap { $0 }
    if !exemptReady.isEmpty { next.append(networkBlock) }
    if !ready.isEmpty { next.append(max(global.free, globalBlock, networkBlock)) }
    return waiting > 0 ? next.min() : nil
  }

  /// Why nothing may be sent at all.
  mutating func refusal(at now: Duration) -> Refusal? {
    if isUnauthorized { return .unauthorized }
    return invalid.blockedUntil(at: now).map { .tooManyInvalidRequests(until: $0) }
  }
}

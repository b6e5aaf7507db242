internal import DiscordREST
internal import TestSupport

/// Runs the limiter against the enforcing server as a discrete-event simulation: no clock at all.
struct LimiterSimulation {
  private enum Event {
    case begin(Int)
    case arrive(Int)
    case answer(Int, RateLimiter.Outcome)
    case cancel(Int)
  }

  /// What came of it.
  struct Result {
    var finished = 0
    var cancelled = 0
    var expired = 0
    var refused = 0
    /// Repeats after a 429.
    var repeats = 0
    var end: Duration = .zero
    /// Which calls the server served.
    var served: [Int] = []
    var server = EnforcingServer()
    var starts: [Duration] = []
    var limiter: RateLimiter
  }

  var workload: Workload
  var seed: UInt64
  /// How long a request or an answer takes on its way: at random between these.
  var latency: ClosedRange<Int> = 20...50
  /// How many of a hundred calls are given up at a random time.
  var cancelledPercent = 0
  /// How many of a hundred requests are lost, before or after the server has counted them.
  var lostPercent = 0
  var deadline: Duration = .seconds(100_000)
  /// The time until which the calls begin; all at once at 0.
  var beginWithin = 0

  func run(configuration: RateLimiter.Configuration = .init()) -> Result {
    var random = SplitMix64(seed: seed)
    var limiter = RateLimiter(configuration: configuration)
    var result = Result(limiter: limiter)
    var events: [Duration: [Event]] = [:]
    var times = Times()
    func after(_ milliseconds: ClosedRange<Int>, _ random: inout SplitMix64) -> Duration {
      .microseconds(
        Int.random(
          in: (milliseconds.lowerBound * 1000)...(milliseconds.upperBound * 1000), using: &random))
    }
    func add(_ event: Event, at time: Duration) {
      if events[time] == nil { times.insert(time) }
      events[time, default: []].append(event)
    }
    var tickets = workload.calls.map { _ in limiter.makeTicket() }
    var numbers: [RateLimiter.Ticket: Int] = [:]
    for (index, ticket) in tickets.enumerated() { numbers[ticket] = index }
    var gone = Set<Int>()
    for index in workload.calls.indices {
      add(.begin(index), at: .milliseconds(Int.random(in: 0...beginWithin, using: &random)))
      if Int.random(in: 0..<100, using: &random) < cancelledPercent {
        add(.cancel(index), at: after(0...60_000, &random))
      }
    }
    let routes = workload.calls.map { APIRoute($0.method, $0.path) }
    var inFlight = Set<Int>()
    var now: Duration = .zero
    while true {
      let next = [times.first, limiter.nextEvent].compactMap { $0 }.min()
      guard let next else { break }
      now = max(now, next)
      if times.first == now { times.removeFirst() }
      for event in events.removeValue(forKey: now) ?? [] {
        switch event {
        case .begin(let index):
          if gone.contains(index) { continue }
          limiter.request(tickets[index], route: routes[index], deadline: deadline, at: now)
        case .cancel(let index):
          // One that is on its way comes back as unknown, as a cancelled request does.
          guard !gone.contains(index) else { continue }
          gone.insert(index)
          result.cancelled += 1
          if inFlight.remove(index) != nil {
            limiter.finish(tickets[index], .unknown, at: now)
          } else {
            limiter.cancel(tickets[index], at: now)
          }
        case .arrive(let index):
          let call = workload.calls[index]
          let isLost = Int.random(in: 0..<100, using: &random) < lostPercent
          if isLost, Bool.random(using: &random) {
            add(.answer(index, .unknown), at: now + .seconds(1))
            continue
          }
          let response = result.server.answer(
            rule: call.rule, resource: call.resource, isGlobal: call.isGlobal, at: now)
          if response.status == 200 { result.served.append(index) }
          add(
            .answer(index, isLost ? .unknown : .answered(RateLimitFacts(response))),
            at: now + after(latency, &random))
        case .answer(let index, let outcome):
          guard inFlight.remove(index) != nil else { continue }
          limiter.finish(tickets[index], outcome, at: now)
          if case .answered(let facts) = outcome, facts.status == 200 {
            gone.insert(index)
            result.finished += 1
            result.end = now
          } else {
            result.repeats += 1
            limiter.request(tickets[index], route: routes[index], deadline: deadline, at: now)
          }
        }
      }
      for action in limiter.run(at: now) {
        switch action {
        case .start(let ticket):
          guard let index = numbers[ticket] else { continue }
          inFlight.insert(index)
          result.starts.append(now)
          add(.arrive(index), at: now + after(latency, &random))
        case .expire(let ticket):
          result.expired += 1
          if let index = numbers[ticket] { gone.insert(index) }
        case .refuse(let ticket, _):
          result.refused += 1
          if let index = numbers[ticket] { gone.insert(index) }
        }
      }
    }
    tickets = []
    result.limiter = limiter
    return result
  }
}

/// Times in order; each once.
private struct Times {
  private var heap: [Duration] = []

  var first: Duration? { heap.first }

  mutating func insert(_ time: Duration) {
    heap.append(time)
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while 2 * parent + 1 < heap.count {
      var child = 2 * parent + 1
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[parent] else { return }
      heap.swapAt(parent, child)
      parent = child
    }
  }
}

internal import CaptureSynthesis
internal import TestSupport
internal import Testing

@Suite("Network model")
struct NetworkModelTests {
  /// Sends a packet every 20 ms and gives what became of them.
  static func deliveries(_ model: NetworkModel, count: Int, seed: UInt64 = 5) -> [Delivery] {
    var path = NetworkPath(model, random: SplitMix64(seed: seed))
    return (0..<count).map {
      path.deliver(sentAt: Int64($0) * .milliseconds(20), interval: .milliseconds(20))
    }
  }

  @Test("loss has the share asked for", arguments: [0.0, 0.01, 0.05, 0.3])
  func loss(share: Double) {
    var model = NetworkModel()
    model.lossShare = share
    let count = 40_000
    let lost = Double(Self.deliveries(model, count: count).count { $0.arrivals.isEmpty })
    let deviation = (Double(count) * share * (1 - share)).squareRoot()
    #expect(abs(lost - Double(count) * share) <= 4 * deviation)
  }

  @Test("a burst loses exactly what leaves within it")
  func burst() {
    var model = NetworkModel()
    model.lossBursts = [Int64.milliseconds(400)..<Int64.milliseconds(800)]
    let lost = Self.deliveries(model, count: 100).enumerated().filter { $1.arrivals.isEmpty }
    #expect(lost.map(\.offset) == Array(20..<40))
  }

  @Test("exponential jitter has its mean, and RFC 3550's jitter is the same where packets may pass")
  func jitter() throws {
    var model = NetworkModel()
    model.jitter = .exponential(mean: .milliseconds(10))
    model.keepsOrder = false
    let deliveries = Self.deliveries(model, count: 40_000)
    let excess = deliveries.enumerated().map { index, delivery in
      Double((delivery.arrivals.first ?? 0) - Int64(index) * .milliseconds(20) - model.baseDelay)
    }
    let mean = excess.reduce(0, +) / Double(excess.count)
    #expect(abs(mean / 10e6 - 1) < 0.03)
    let differences = zip(excess, excess.dropFirst()).map { abs($0 - $1) }
    let interarrival = differences.reduce(0, +) / Double(differences.count)
    #expect(abs(interarrival / 10e6 - 1) < 0.03)
    #expect(try #require(excess.min()) >= 0)
  }

  @Test("queues keep the order, lone packets need not")
  func order() {
    var model = NetworkModel()
    model.jitter = .exponential(mean: .milliseconds(40))
    let queued = Self.deliveries(model, count: 1000).compactMap(\.arrivals.first)
    #expect(queued == queued.sorted())
    model.keepsOrder = false
    let alone = Self.deliveries(model, count: 1000).compactMap(\.arrivals.first)
    #expect(alone != alone.sorted())
  }

  @Test("an overtaken packet comes behind exactly three others")
  func reordering() throws {
    var model = NetworkModel()
    model.reorderShare = 0.02
    let arrivals = Self.deliveries(model, count: 2000).compactMap(\.arrivals.first)
    let order = arrivals.indices.sorted { arrivals[$0] < arrivals[$1] }
    let moved = order.enumerated().filter { $1 < $0 }.map { place, packet in place - packet }
    #expect(moved.count > 20)
    // Two that are held close together push each other by one.
    #expect(moved.allSatisfy { (2...3).contains($0) })
    #expect(moved.contains(3))
  }

  @Test("duplicates have the share asked for, one in ten comes three times")
  func duplicates() {
    var model = NetworkModel()
    model.duplicateShare = 0.1
    let copies = Self.deliveries(model, count: 20_000).map(\.arrivals.count)
    #expect(abs(copies.count { $0 > 1 } - 2000) < 200)
    #expect((120...290).contains(copies.count { $0 == 3 }))
  }

  @Test("nothing arrives in a stall, and then everything at once, in order")
  func stall() {
    var model = NetworkModel()
    model.stalls = [Int64.seconds(1)..<Int64.seconds(1.7)]
    let arrivals = Self.deliveries(model, count: 200).compactMap(\.arrivals.first)
    #expect(!arrivals.contains { $0 >= .seconds(1) && $0 < .seconds(1.7) })
    let burst = arrivals.filter { $0 >= .seconds(1.7) && $0 < .seconds(1.71) }
    #expect(burst.count == 35)
    #expect(arrivals == arrivals.sorted())
  }

  @Test("a route change moves the least delay from its time on")
  func routeChange() {
    var model = NetworkModel()
    model.routeChanges = [DelayStep(time: .seconds(1), change: .milliseconds(40))]
    let deliveries = Self.deliveries(model, count: 100)
    #expect(deliveries[..<50].allSatisfy { $0.leastDelay == .milliseconds(30) })
    #expect(deliveries[50...].allSatisfy { $0.leastDelay == .milliseconds(70) })
    #expect(deliveries[50].arrivals == [.seconds(1) + .milliseconds(70)])
  }

  @Test("one setting leaves the draws of the others alone")
  func independence() {
    var model = NetworkModel()
    model.jitter = .exponential(mean: .milliseconds(10))
    model.keepsOrder = false
    let calm = Self.deliveries(model, count: 500)
    model.lossShare = 0.1
    let lossy = Self.deliveries(model, count: 500)
    let survivors = zip(calm, lossy).filter { !$1.arrivals.isEmpty }
    #expect(survivors.count < 500)
    #expect(survivors.allSatisfy { $0 == $1 })
  }
}

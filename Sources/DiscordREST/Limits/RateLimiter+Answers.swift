extension RateLimiter {
  /// A request that was started is over.
  package mutating func finish(_ ticket: Ticket, _ outcome: Outcome, at now: Duration) {
    guard let entry = entries[ticket.number], case .inFlight(let window, let start) = entry.state
    else { return }
    entries[ticket.number] = nil
    let request = (window: window, start: start)
    guard case .answered(let facts) = outcome else {
      buckets[entry.bucket]?.finishWithoutNews(mayArrive: true, at: now)
      return offer(entry.bucket, at: now)
    }
    if (facts.status == 401 && facts.isAuthenticated) { isUnauthorized = true }
    if [401, 403].contains(facts.status) || (facts.status == 429 && !facts.isShared) {
      invalid.count(at: now)
    }
    learn(facts, from: entry, request: request, at: now)
    if facts.status == 429 { block(facts, route: entry.route, bucket: entry.bucket, at: now) }
    offer(entry.bucket, at: now)
  }

  /// Takes the limits from an answer, and moves the route to the bucket that it named.
  private mutating func learn(
    _ facts: RateLimitFacts, from entry: Entry, request: (window: Int, start: Duration),
    at now: Duration
  ) {
    let template = entry.route.template
    if let name = facts.bucket {
      remember(template, .bucket(name), at: now)
      let named = bucket(.named(name, resource: entry.route.resource), entry.route, at: now)
      if named == entry.bucket {
        buckets[named]?.learn(facts, request: request, at: now)
      } else {
        buckets[entry.bucket]?.finishWithoutNews(at: now)
        buckets[named]?.learn(facts, request: nil, at: now)
        move(template, resource: entry.route.resource, from: entry.bucket, to: named)
        offer(named, at: now)
      }
      return
    }
    buckets[entry.bucket]?.finishWithoutNews(at: now)
    // Only a success without a limit is proof that there is none.
    guard (200..<300).contains(facts.status), case .unlearnt? = buckets[entry.bucket]?.key else {
      return
    }
    remember(template, .unlimited, at: now)
    let unlimited = bucket(.unlimited(template: template), entry.route, at: now)
    move(template, resource: entry.route.resource, from: entry.bucket, to: unlimited)
    offer(unlimited, at: now)
  }

  /// Those who wait for the same route wait where its next request is counted.
  private mutating func move(_ template: String, resource: String, from old: Int, to new: Int) {
    let entries = entries
    let moved = buckets[old]?.queue.remove { number in
      guard let entry = entries[number], Self.isWaiting(entry) else { return false }
      return entry.route.template == template && entry.route.resource == resource
    }
    for number in moved ?? [] {
      self.entries[number]?.bucket = new
      buckets[new]?.queue.insert(number)
    }
  }

  /// A 429: of the bucket, of the bot as a whole, or of the network in front of Discord.
  private mutating func block(
    _ facts: RateLimitFacts, route: APIRoute, bucket old: Int, at now: Duration
  ) {
    // Never at once: an answer that says "now" again and again would be a busy loop.
    let wait = max(facts.retryAfter ?? facts.resetAfter ?? .seconds(1), .milliseconds(100))
    if !facts.isDiscords {
      networkBlock = max(
        networkBlock, now + max(facts.retryAfter ?? configuration.networkBackOff, .seconds(1)))
    } else if facts.isGlobal {
      globalBlock = max(globalBlock, now + wait + RateLimitBucket.margin)
    } else {
      let current = bucket(for: route, at: now)
      buckets[current]?.block(for: wait, isShared: facts.isShared, at: now)
      if current != old { offer(current, at: now) }
    }
  }

  /// Keeps what a route has told; as many routes as no program has are not routes but noise.
  ///
  /// Whoever waits for the same route with another resource knows its bucket now: without that,
  /// routes that share one would each try it out once more.
  private mutating func remember(_ template: String, _ knowledge: Knowledge, at now: Duration) {
    if learnt[template] == nil, learnt.count >= 4096 { learnt = [:] }
    let isNew = learnt[template] == nil
    learnt[template] = knowledge
    guard isNew else { return }
    let others = bucketIDs.filter { key, _ in
      if case .unlearnt(template, _) = key { true } else { false }
    }
    for old in others.values.sorted() {
      let entries = entries
      guard let number = buckets[old]?.queue.first(where: { Self.isWaiting(entries[$0]) }),
        let route = entries[number]?.route
      else { continue }
      let new = bucket(for: route, at: now)
      move(template, resource: route.resource, from: old, to: new)
      offer(old, at: now)
      offer(new, at: now)
    }
  }
}

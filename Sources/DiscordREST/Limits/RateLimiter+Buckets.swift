extension RateLimiter {
  static func isWaiting(_ entry: Entry?) -> Bool {
    guard case .waiting? = entry?.state else { return false }
    return true
  }

  func isWaiting(_ number: UInt64) -> Bool { Self.isWaiting(entries[number]) }

  /// The bucket that a route's next request is counted in.
  mutating func bucket(for route: APIRoute, at now: Duration) -> Int {
    switch learnt[route.template] {
    case .bucket(let name)?:
      bucket(.named(name, resource: route.resource), route, at: now)
    case .unlimited?: bucket(.unlimited(template: route.template), route, at: now)
    case nil:
      bucket(
        .unlearnt(template: route.template, resource: route.resource), route, at: now)
    }
  }

  /// The bucket with that key, made if there is none.
  mutating func bucket(
    _ key: RateLimitBucket.Key, _ route: APIRoute, at now: Duration
  ) -> Int {
    if let known = bucketIDs[key] { return known }
    if buckets.count >= sweepAt { sweep(at: now) }
    nextBucket += 1
    buckets[nextBucket] = RateLimitBucket(key: key, isExempt: route.carriesToken)
    bucketIDs[key] = nextBucket
    return nextBucket
  }

  /// Forgets buckets that say nothing any more.
  private mutating func sweep(at now: Duration) {
    // One that an entry in flight points at is not idle, so no entry is left without its bucket.
    for (id, bucket) in buckets where bucket.isIdle(at: now) {
      buckets[id] = nil
      bucketIDs[bucket.key] = nil
    }
    // Timers of forgotten buckets go with them.
    let buckets = buckets
    bucketTimers.keep { timer in Int(exactly: timer.subject).map { buckets[$0] != nil } ?? false }
    sweepAt = max(configuration.bucketLimit, 2 * buckets.count)
  }

  /// Puts the bucket's next ticket forward if it may start, else sets a timer.
  mutating func offer(_ id: Int, at now: Duration) {
    guard var bucket = buckets.removeValue(forKey: id) else { return }
    defer { buckets[id] = bucket }
    bucket.refresh(at: now)
    guard !bucket.queue.isEmpty, let number = bucket.queue.first(where: { isWaiting($0) }) else {
      bucket.offered = nil
      return
    }
    if bucket.canStart(at: now) {
      guard bucket.offered != number else { return }
      bucket.offered = number
      let entry = Ready(number: number, bucket: id)
      if bucket.isExempt { exemptReady.insert(entry) } else { ready.insert(entry) }
      return
    }
    bucket.offered = nil
    guard let time = bucket.nextChange(after: now), bucket.timer != time else { return }
    bucket.timer = time
    bucketTimers.insert(Timer(time: time, subject: UInt64(id)))
  }

  /// The bucket whose ticket is the first of those that are put forward and still valid.
  static func next(
    _ heap: inout MinimumHeap<Ready>, _ buckets: inout [Int: RateLimitBucket],
    _ entries: [UInt64: Entry]
  ) -> Int? {
    while let first = heap.removeFirst() {
      guard buckets[first.bucket]?.offered == first.number else { continue }
      buckets[first.bucket]?.offered = nil
      if isWaiting(entries[first.number]), entries[first.number]?.bucket == first.bucket {
        return first.bucket
      }
    }
    return nil
  }

  /// Starts the first ticket of a bucket; nil if the bucket has changed so that it may not.
  mutating func start(_ id: Int, at now: Duration) -> Ticket? {
    defer { offer(id, at: now) }
    // The window may have ended while the ticket waited for the global limit.
    buckets[id]?.refresh(at: now)
    guard let bucket = buckets[id], bucket.canStart(at: now),
      let number = buckets[id]?.queue.first(where: { [entries] in Self.isWaiting(entries[$0]) })
    else { return nil }
    buckets[id]?.queue.removeFirst()
    buckets[id]?.start()
    entries[number]?.state = .inFlight(window: bucket.window, start: now)
    waiting -= 1
    return Ticket(number: number)
  }
}

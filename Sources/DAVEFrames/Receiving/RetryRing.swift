/// Frames that came before their key, or before it was known whose they are: kept for a moment, and
/// tried again when a key or a mapping comes.
///
/// Of each SSRC at most 100 frames and 2 s. Places are used again with their memory.
package struct RetryRing<Context: Sendable>: Sendable {
  /// Frames of one SSRC.
  package static var mostFrames: Int { 100 }
  /// Nanoseconds that a frame waits.
  package static var longestWait: Int64 { 2_000_000_000 }
  /// SSRCs; one more takes the place of that which has been silent longest.
  static var mostSources: Int { 64 }

  private struct Waiting: Sendable {
    var bytes: [UInt8] = []
    var time: Int64 = 0
    var context: Context
  }

  private struct Source: Sendable {
    /// A ring: the oldest at `first`.
    var places: [Waiting] = []
    var first = 0
    var count = 0
    var newest: Int64 = 0

    func place(_ index: Int) -> Int { (first + index) % max(places.count, 1) }

    mutating func removeFirst() -> Context {
      let context = places[first].context
      first = place(1)
      count -= 1
      return context
    }

    mutating func append(_ frame: Span<UInt8>, at now: Int64, _ context: Context) {
      let index: Int
      if count == places.count {
        // In order from the start, so that a new place can follow the last.
        places = Array(places[first...] + places[..<first])
        first = 0
        index = count
        places.append(Waiting(context: context))
      } else {
        index = place(count)
      }
      places[index].bytes.removeAll(keepingCapacity: true)
      for offset in 0..<frame.count { places[index].bytes.append(frame[offset]) }
      places[index].time = now
      places[index].context = context
      count += 1
      newest = now
    }
  }

  private var sources: [UInt32: Source] = [:]

  package init() {}

  /// Frames that wait.
  package var count: Int { sources.values.reduce(0) { $0 + $1.count } }

  /// Keeps a frame.
  ///
  /// - Parameters:
  ///   - ssrc: of its packet.
  ///   - now: when it came, nanoseconds.
  ///   - context: what the caller wants back with it.
  ///   - lost: is told of each frame that has to go.
  package mutating func hold(
    _ frame: Span<UInt8>, ssrc: UInt32, at now: Int64, context: Context,
    lost: (Context) -> Void
  ) {
    expire(ssrc, at: now, lost: lost)
    if sources[ssrc] == nil, sources.count >= Self.mostSources,
      let silent = sources.min(by: { $0.value.newest < $1.value.newest })?.key,
      var source = sources.removeValue(forKey: silent)
    {
      while source.count > 0 { lost(source.removeFirst()) }
    }
    if let count = sources[ssrc]?.count, count >= Self.mostFrames,
      let context = sources[ssrc]?.removeFirst()
    {
      lost(context)
    }
    sources[ssrc, default: Source()].append(frame, at: now, context)
  }

  /// Tries the frames of an SSRC again, the oldest first.
  ///
  /// - Parameter open: gets each frame, when it came, and its context; says whether it is done with.
  package mutating func retry(
    ssrc: UInt32, at now: Int64, lost: (Context) -> Void,
    open: (Span<UInt8>, Int64, Context) -> Bool
  ) {
    expire(ssrc, at: now, lost: lost)
    guard var source = sources.removeValue(forKey: ssrc) else { return }
    // Those that still do not open move up, in their order.
    var kept = 0
    for index in 0..<source.count {
      let place = source.place(index)
      let waiting = source.places[place]
      if open(waiting.bytes.span, waiting.time, waiting.context) { continue }
      source.places.swapAt(place, source.place(kept))
      kept += 1
    }
    source.count = kept
    sources[ssrc] = source
  }

  /// As above for all SSRCs: a new epoch has keys for everybody.
  package mutating func retryAll(
    at now: Int64, lost: (Context) -> Void, open: (Span<UInt8>, Int64, Context) -> Bool
  ) {
    for ssrc in sources.keys.sorted() { retry(ssrc: ssrc, at: now, lost: lost, open: open) }
  }

  /// Gives up on frames that have waited too long; for once in a while.
  package mutating func expire(at now: Int64, lost: (Context) -> Void) {
    for ssrc in Array(sources.keys) { expire(ssrc, at: now, lost: lost) }
  }

  private mutating func expire(_ ssrc: UInt32, at now: Int64, lost: (Context) -> Void) {
    guard let index = sources.index(forKey: ssrc) else { return }
    while sources.values[index].count > 0,
      now - sources.values[index].places[sources.values[index].first].time > Self.longestWait
    {
      lost(sources.values[index].removeFirst())
    }
  }
}

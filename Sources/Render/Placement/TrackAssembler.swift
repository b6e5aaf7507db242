internal import Audio

/// Collects the placed samples of one speaker's streams, and writes what is final.
///
/// Samples that are added twice to one place (two SSRCs of a user at once, the joint of two runs)
/// are summed, and saturate when rounded. What comes for a place already written is dropped: so
/// the sink sees ascending extents only.
final class TrackAssembler {
  /// Written at once at least, in samples, so that the work is done in blocks.
  private static let block = 4_096

  private let sink: (any TrackSink)?
  /// The track's length; nothing outside of it is kept.
  private let length: Int64
  /// An addition further ahead than this writes what there is.
  private let reach: Int64

  /// Samples from `base` on.
  private var samples: [Float] = []
  private var base: Int64 = 0
  /// Ascending and disjoint, none before `base`.
  private var pending: [SampleRange] = []
  private var rounded: [Int16] = []

  private(set) var spurts: [SampleRange] = []
  private(set) var speechSamples: Int64 = 0
  private(set) var levels = PCM.Levels()
  /// The sink's first error; nothing is written after it.
  private(set) var failure: (any Error)?

  init(sink: (any TrackSink)?, length: Int64, outputRate: Int) {
    self.sink = sink
    self.length = length
    reach = 10 * Int64(outputRate)
  }

  /// Adds samples at a place.
  func add(_ added: Span<Float>, at position: Int64) {
    var start = position
    var skip = 0
    if start < base {
      skip = Int(min(Int64(added.count), base - start))
      start = base
    }
    let count = Int(min(Int64(added.count - skip), max(0, length - start)))
    guard count > 0 else { return }
    if start - (base + Int64(samples.count)) > reach { write(upTo: start) }
    let offset = Int(start - base)
    let kept = max(0, min(count, samples.count - offset))
    for index in 0..<kept { samples[offset &+ index] += added[skip &+ index] }
    guard kept < count else { return }
    if samples.count < offset {
      samples.append(contentsOf: repeatElement(0, count: offset - samples.count))
    }
    added.extracting(skip + kept..<skip + count).withUnsafeBufferPointer {
      samples.append(contentsOf: $0)
    }
  }

  /// Marks places as speech: only they are written.
  func cover(_ range: SampleRange) {
    let start = max(range.start, base)
    let end = min(range.end, length)
    guard start < end else { return }
    if let last = pending.last {
      if start >= last.start, start <= last.end {
        pending[pending.count - 1].end = max(last.end, end)
        return
      }
      if start < last.start {
        insert(SampleRange(start: start, end: end))
        return
      }
    }
    pending.append(SampleRange(start: start, end: end))
  }

  /// Writes what no stream can add to any more.
  ///
  /// - Parameter frontier: The earliest place that may still be added to; nil for none.
  func commit(upTo frontier: Int64?) {
    let end = base + Int64(samples.count)
    let limit = min(frontier ?? end, end)
    if limit - base >= Self.block { write(upTo: limit) }
  }

  /// Writes the rest.
  func finish() {
    write(upTo: max(base + Int64(samples.count), pending.last?.end ?? 0))
  }

  private func write(upTo limit: Int64) {
    var done = 0
    for range in pending {
      guard range.start < limit else { break }
      let part = SampleRange(start: range.start, end: min(range.end, limit))
      write(part)
      if range.end > limit {
        pending[done].start = limit
        break
      }
      done += 1
    }
    pending.removeFirst(done)
    samples.removeFirst(Int(min(Int64(samples.count), limit - base)))
    base = limit
  }

  private func write(_ part: SampleRange) {
    speechSamples += part.count
    if let last = spurts.last, last.end == part.start {
      spurts[spurts.count - 1].end = part.end
    } else {
      spurts.append(part)
    }
    guard let sink, failure == nil else { return }
    let missing = Int(part.end - base) - samples.count
    if missing > 0 { samples.append(contentsOf: repeatElement(0, count: missing)) }
    // Moved out for the loan: a span of an object's property cannot outlive the access.
    var block: [Int16] = []
    swap(&block, &rounded)
    defer { swap(&block, &rounded) }
    let samples = samples
    levels.add(
      PCM.convert(
        samples.span.extracting(Int(part.start - base)..<Int(part.end - base)), into: &block))
    do {
      try sink.write(block.span.extracting(0..<Int(part.count)), at: part.start)
    } catch {
      failure = error
    }
  }

  private func insert(_ range: SampleRange) {
    var merged = range
    var before: [SampleRange] = []
    var after: [SampleRange] = []
    for other in pending {
      if other.end < merged.start {
        before.append(other)
      } else if other.start > merged.end {
        after.append(other)
      } else {
        merged.start = min(merged.start, other.start)
        merged.end = max(merged.end, other.end)
      }
    }
    pending = before + [merged] + after
  }
}

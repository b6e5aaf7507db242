/// The SSRCs of a recording, in memory that is taken once.
struct SourceTable: Sendable {
  /// Nanoseconds without a packet after which a place may be given to another.
  private static let silence: Int64 = 2_000_000_000
  /// Packets that the watch could not open, none opened: rubbish, whose place is free at once.
  private static let rubbish: UInt64 = 3

  private let limits: PacketLimits
  private(set) var sources: [PacketSource] = []
  private var index: [UInt64: Int] = [:]
  private var unknown = 0

  init(limits: PacketLimits) {
    self.limits = limits
    sources.reserveCapacity(limits.sources)
    // Twice as many: no growth when entries are removed and others come.
    index.reserveCapacity(2 * limits.sources)
  }

  subscript(slot: Int) -> PacketSource {
    _read { yield sources[slot] }
    _modify { yield &sources[slot] }
  }

  var indices: Range<Int> { sources.indices }

  func slot(_ key: UInt64) -> Int? { index[key] }

  /// The place of an SSRC, which it gets if need be; nil when there is none for one without a user.
  mutating func place(_ key: UInt64, isMapped: Bool, now: Int64) -> Int? {
    if let slot = index[key] { return slot }
    if !isMapped, unknown >= limits.unknownSources {
      guard let slot = replaceable(among: { !$0.isMapped }, at: now) else { return nil }
      return replace(slot, by: key)
    }
    if sources.count >= limits.sources {
      let slot =
        replaceable(among: { !$0.isMapped }, at: now) ?? (isMapped ? longestSilent() : nil)
      guard let slot else { return nil }
      return replace(slot, by: key)
    }
    sources.append(source(key))
    index[key] = sources.count - 1
    unknown += 1
    return sources.count - 1
  }

  /// Changes whether the SSRC is somebody's.
  mutating func setMapped(_ slot: Int, _ isMapped: Bool) {
    guard sources[slot].isMapped != isMapped else { return }
    sources[slot].isMapped = isMapped
    unknown += isMapped ? -1 : 1
  }

  private func source(_ key: UInt64) -> PacketSource {
    PacketSource(
      connection: PacketSource.connection(ofKey: key), ssrc: UInt32(truncatingIfNeeded: key),
      limits: limits)
  }

  private mutating func replace(_ slot: Int, by key: UInt64) -> Int {
    index[sources[slot].key] = nil
    if sources[slot].isMapped { unknown += 1 }
    sources[slot] = source(key)
    index[key] = slot
    return slot
  }

  private func replaceable(among isCandidate: (PacketSource) -> Bool, at now: Int64) -> Int? {
    var best: (slot: Int, arrival: Int64)?
    for slot in sources.indices {
      guard isCandidate(sources[slot]) else { continue }
      let arrival = sources[slot].lastArrival ?? .min
      let isRubbish = sources[slot].authentic == 0 && sources[slot].failed >= Self.rubbish
      guard isRubbish || arrival == .min || now &- arrival >= Self.silence else { continue }
      if let best, best.arrival <= arrival { continue }
      best = (slot, arrival)
    }
    return best?.slot
  }

  private func longestSilent() -> Int? {
    sources.indices.min {
      (sources[$0].lastArrival ?? .min) < (sources[$1].lastArrival ?? .min)
    }
  }
}

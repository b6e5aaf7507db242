internal import CaptureSynthesis

/// The way of speech to one client, with the faults that are on it. Times are nanoseconds.
struct VoicePath: Sendable {
  /// A datagram as it arrives, if at all.
  struct Passed: Sendable {
    var due: Int64
    var bytes: [UInt8]
    var fate: ForwardedPacket.Fate
    /// Made up or old: nothing that was spoken now.
    var isExtra = false
  }

  private static let historyLimit = 256

  private var random: SplitMix64
  private var faults: [(until: Int64, effect: VoiceFault.Effect)] = []
  private var burst = 0
  private var stalledUntil: Int64 = 0
  private var blackUntil: Int64 = 0
  private var history: [[UInt8]] = []

  init(random: SplitMix64) {
    self.random = random
  }

  /// Whether datagrams pass at all.
  func isOpen(at now: Int64) -> Bool { now >= blackUntil }

  mutating func add(_ effect: VoiceFault.Effect, at now: Int64) {
    func until(_ length: Duration) -> Int64 {
      let end = now.addingReportingOverflow(length.nanoseconds)
      return end.overflow ? .max : end.partialValue
    }
    switch effect {
    case .burst(let packets): burst += max(packets, 0)
    case .stall(let length): stalledUntil = max(stalledUntil, until(length))
    case .blackout(let length): blackUntil = max(blackUntil, until(length))
    case .loss(_, let length), .reorder(_, let length), .duplicate(_, let length),
      .corrupt(_, let length), .replay(_, let length), .forge(_, let length),
      .delay(_, let length), .jitter(_, let length):
      faults.append((until(length), effect))
    default: break
    }
  }

  /// What becomes of a datagram.
  mutating func pass(_ datagram: [UInt8], at now: Int64) -> [Passed] {
    if now < blackUntil { return [Passed(due: now, bytes: datagram, fate: .lost)] }
    if burst > 0 {
      burst -= 1
      return [Passed(due: now, bytes: datagram, fate: .lost)]
    }
    faults.removeAll { $0.until <= now }
    var first = Passed(due: max(now, stalledUntil), bytes: datagram, fate: .sent)
    var extra: [Passed] = []
    var remembers = false
    for (_, effect) in faults {
      switch effect {
      case .loss(let share, _): if random.chance(share) { first.fate = .lost }
      case .reorder(let share, _):
        if random.chance(share) { first.due += 20_000_000 * Int64(1 + random.next() % 5) }
      case .duplicate(let share, _):
        if random.chance(share) {
          let gap = Int64(random.next() % 30_000_000)
          extra.append(Passed(due: first.due + gap, bytes: datagram, fate: .repeated))
        }
      case .corrupt(let share, _):
        if random.chance(share) {
          // Within what is encrypted or authenticated, whatever the header's length.
          let place = 12 + Int(random.next() % UInt64(max(datagram.count - 12, 1)))
          if place < first.bytes.count { first.bytes[place] ^= UInt8(1 << (random.next() % 8)) }
          first.fate = .corrupted
        }
      case .replay(let share, _):
        remembers = true
        if random.chance(share), !history.isEmpty {
          let old = history[Int(random.next() % UInt64(history.count))]
          extra.append(Passed(due: now, bytes: old, fate: .repeated, isExtra: true))
        }
      case .forge(let share, _):
        if random.chance(share) {
          extra.append(Passed(due: now, bytes: forged(datagram), fate: .sent, isExtra: true))
        }
      case .delay(let delay, _): first.due += delay.nanoseconds
      case .jitter(let mean, _):
        first.due += Int64(random.exponential(mean: Double(mean.nanoseconds)).rounded())
      default: break
      }
    }
    if remembers {
      history.append(datagram)
      if history.count > Self.historyLimit { history.removeFirst() }
    } else {
      history = []
    }
    return [first] + extra
  }

  /// Well-formed, of the same SSRC, a little ahead, and sealed with no key.
  private mutating func forged(_ datagram: [UInt8]) -> [UInt8] {
    var bytes = datagram
    guard bytes.count > 16 else { return bytes }
    bytes[3] &+= UInt8(1 + random.next() % 9)
    for index in 16..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: random.next() >> 8) }
    return bytes
  }
}

/// Puts the packets of one stream into the order of their numbers and finds duplicates.
///
/// A packet waits for those before it at most 5 s or behind at most 512 others; what comes later is
/// late. Slots are found by number and keep their memory, so nothing is allocated in steady state.
struct ReorderBuffer {
  /// A packet that waits, or that must not be waited for as it could not be opened.
  struct Slot {
    var sequence = Int64.min
    /// Unwrapped RTP time.
    var timestamp: Int64 = 0
    var arrival: Int64 = 0
    var content = Content.payload
    /// The opened payload.
    var bytes: [UInt8] = []
  }

  enum Content: Equatable {
    case payload
    case failed(TrackGap.Cause)
  }

  enum Verdict: Equatable {
    /// The next in order: play it now.
    case next
    /// Others are missing before it: put it into its slot.
    case early
    case duplicate
    case late
  }

  static let capacity = 1_024
  private static let longestWait: Int64 = 5_000_000_000
  private static let mostWaiting = 512
  /// So long the first packet of a stream may have been overtaken, and by so many.
  private static let firstWait: Int64 = 1_000_000_000
  private static let firstWaiting = 64

  private var slots: [Slot] = []
  private(set) var waiting = 0
  /// The number that is to be played next; nil before the first was played.
  private(set) var next: Int64?
  /// The lowest number that waits; meaningful while any does.
  private var lowest: Int64 = 0
  /// Whether a number below `next` was seen, by the low bits; true for those that were.
  private var seen = [Bool](repeating: false, count: capacity)

  init() {}

  /// What to do with a number, before the packet is opened.
  func verdict(_ sequence: Int64) -> Verdict {
    guard let next else { return isWaiting(sequence) ? .duplicate : .early }
    if sequence == next { return isWaiting(sequence) ? .duplicate : .next }
    if sequence > next { return isWaiting(sequence) ? .duplicate : .early }
    if next - sequence > Int64(Self.capacity) { return .late }
    return seen[Self.index(sequence)] ? .duplicate : .late
  }

  /// Lets a packet wait; its bytes are swapped for those that its slot had before.
  ///
  /// - Precondition: `hasRoom(for:)`.
  mutating func hold(
    _ sequence: Int64, timestamp: Int64, arrival: Int64, content: Content,
    swapping bytes: inout [UInt8]
  ) {
    if slots.isEmpty { slots = [Slot](repeating: Slot(), count: Self.capacity) }
    let index = Self.index(sequence)
    slots[index].sequence = sequence
    slots[index].timestamp = timestamp
    slots[index].arrival = arrival
    slots[index].content = content
    swap(&slots[index].bytes, &bytes)
    lowest = waiting == 0 ? sequence : min(lowest, sequence)
    waiting += 1
  }

  /// False when packets must be released before this number finds its slot free.
  func hasRoom(for sequence: Int64) -> Bool {
    guard waiting > 0 || next != nil else { return true }
    let base = waiting > 0 ? min(lowest, next ?? lowest) : next ?? sequence
    return sequence - base < Int64(Self.capacity)
      && (next != nil || lowest - sequence < Int64(Self.capacity) / 2)
  }

  /// Whether the lowest waiting packet is to be played: it is the next, or waited long enough.
  func isDue(at time: Int64) -> Bool {
    guard waiting > 0 else { return false }
    let age = time - slots[Self.index(lowest)].arrival
    guard let next else { return waiting >= Self.firstWaiting || age >= Self.firstWait }
    return lowest == next || waiting > Self.mostWaiting || age > Self.longestWait
  }

  /// Takes out the lowest waiting packet, whether due or not; its bytes are swapped into `bytes`.
  mutating func pop(into bytes: inout [UInt8]) -> Slot? {
    guard waiting > 0 else { return nil }
    let index = Self.index(lowest)
    swap(&slots[index].bytes, &bytes)
    var slot = Slot()
    slot.sequence = slots[index].sequence
    slot.timestamp = slots[index].timestamp
    slot.arrival = slots[index].arrival
    slot.content = slots[index].content
    slots[index].sequence = .min
    waiting -= 1
    advance(past: lowest)
    if waiting > 0 {
      repeat { lowest += 1 } while !isWaiting(lowest)
    }
    return slot
  }

  /// Counts a number as played.
  mutating func advance(past sequence: Int64) {
    let first = next ?? sequence
    // What was passed over is not seen, should it come yet.
    if sequence - first >= Int64(Self.capacity) {
      for index in seen.indices { seen[index] = false }
    } else {
      var number = first
      while number < sequence {
        seen[Self.index(number)] = false
        number += 1
      }
    }
    seen[Self.index(sequence)] = true
    next = sequence + 1
  }

  /// Gives the slots' memory back while nothing waits.
  mutating func release() {
    if waiting == 0 { slots = [] }
  }

  private func isWaiting(_ sequence: Int64) -> Bool {
    !slots.isEmpty && slots[Self.index(sequence)].sequence == sequence
  }

  private static func index(_ sequence: Int64) -> Int { Int(truncatingIfNeeded: sequence & 1_023) }
}

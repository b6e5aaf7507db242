/// Knows the messages that a server sends once more after a resume.
///
/// One is known by its sequence number and its contents: a server that counts anew is not taken for
/// one that repeats itself. The numbers have 16 bits and wrap, so that only the latest are kept.
struct ReplayFilter: Sendable {
  static let limit = 1024

  private var hashes: [Int64: Int] = [:]
  private var order: [Int64] = []
  private var oldest = 0

  /// Returns false when the message came before.
  mutating func isNew(_ sequence: Int64, _ message: VoiceMessage) -> Bool {
    let hash = message.hashValue
    if hashes[sequence] == hash { return false }
    if hashes.updateValue(hash, forKey: sequence) == nil { remember(sequence) }
    return true
  }

  private mutating func remember(_ sequence: Int64) {
    guard order.count == Self.limit else {
      order.append(sequence)
      return
    }
    hashes[order[oldest]] = nil
    order[oldest] = sequence
    oldest = (oldest + 1) % Self.limit
  }
}

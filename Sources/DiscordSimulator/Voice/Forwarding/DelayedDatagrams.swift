/// Datagrams on their way, by when they arrive.
struct DelayedDatagrams: Sendable {
  /// The latest first, so that what is due next is taken from the end.
  private var entries: [(due: Int64, datagram: VoiceDatagram)] = []

  var nextDeadline: Int64? { entries.last?.due }

  mutating func insert(_ datagram: VoiceDatagram, due: Int64) {
    // Behind those of the same time: entries[..<low] are later ones.
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].due > due { low = middle + 1 } else { high = middle }
    }
    entries.insert((due, datagram), at: low)
  }

  mutating func take(until now: Int64) -> [VoiceDatagram] {
    var taken: [VoiceDatagram] = []
    while let last = entries.last, last.due <= now {
      taken.append(last.datagram)
      entries.removeLast()
    }
    return taken
  }
}

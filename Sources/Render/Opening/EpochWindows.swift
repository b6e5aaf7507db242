internal import DAVEFrames

/// From key records and events to the times in which each key of a sender is looked for.
struct EpochWindows {
  /// As long as a voice gateway waits for those who are not ready, ns.
  private static let switching: Int64 = 2_000_000_000

  private let times: EpochTimes
  /// All epochs of the log's events, in order.
  private let known: [FrameEpoch]

  init(_ times: EpochTimes) {
    self.times = times
    known = times.epochs.keys.sorted()
  }

  /// The keys of one sender, ascending by the beginning of their time; without events the times of
  /// the key records serve.
  func epochs(_ senders: [RenderKeys.Sender]) -> [SenderEpoch] {
    let dated = senders.map { sender in
      let key = FrameEpoch(
        connection: sender.connection, incarnation: sender.incarnation, epoch: sender.epoch)
      let processed = times.epochs[key]?.processed ?? sender.time
      return (key: key, sender: sender, processed: SessionTime.bounded(processed))
    }.sorted { ($0.processed, $0.key) < ($1.processed, $1.key) }
    return dated.indices.map { index in
      let own = index + 1 < dated.count ? dated[index + 1].processed : nil
      let end = executionOfNext(dated[index].key) ?? own
      return SenderEpoch(
        dated[index].sender.secret, opens: dated[index].processed - SenderEpoch.before,
        closes: end.map { SessionTime.bounded($0) + SenderEpoch.behind } ?? .max)
    }
  }

  /// From when on, by connection, a frame of this sender must open: before, it may be of an epoch in
  /// which we were not in the group yet, and the others switch when op 22 comes to them.
  func begins(_ senders: [RenderKeys.Sender]) -> [UInt32: Int64] {
    var begins: [UInt32: Int64] = [:]
    for sender in senders {
      let known = times.epochs[
        FrameEpoch(
          connection: sender.connection, incarnation: sender.incarnation, epoch: sender.epoch)]
      let begin = SessionTime.bounded(known?.executed ?? known?.processed ?? sender.time)
      begins[sender.connection] = min(
        begins[sender.connection] ?? .max, begin + Self.switching)
    }
    return begins
  }

  /// When the epoch after this one on its connection was in force; nil when there is none.
  private func executionOfNext(_ key: FrameEpoch) -> Int64? {
    guard times.epochs[key] != nil else { return nil }
    var (low, high) = (0, known.count)
    while low < high {
      let middle = (low + high) / 2
      if known[middle] <= key { low = middle + 1 } else { high = middle }
    }
    guard low < known.count, known[low].connection == key.connection,
      let next = times.epochs[known[low]]
    else { return nil }
    return next.executed ?? next.processed
  }
}

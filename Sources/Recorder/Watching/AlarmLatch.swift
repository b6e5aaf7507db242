/// One cause of alarm: raised after it was bad for some time, cleared after it was good for some
/// time, told once each; pure.
struct AlarmLatch: Sendable {
  enum Change: Equatable { case raised, cleared }

  /// How long bad before it is raised, nanoseconds.
  var raiseAfter: Int64
  /// How long good before it is cleared.
  var clearAfter: Int64
  private(set) var badSince: Int64?
  private var goodSince: Int64?
  private(set) var isRaised = false

  init(raiseAfter: Int64, clearAfter: Int64) {
    self.raiseAfter = raiseAfter
    self.clearAfter = clearAfter
  }

  /// Takes how it stands now. A cause that is not judged for the moment (`isBad` nil) keeps what it
  /// is, and begins to be counted anew.
  ///
  /// - Parameter start: since when it is bad, if that is longer than it was told here.
  mutating func update(_ isBad: Bool?, since start: Int64? = nil, at now: Int64) -> Change? {
    guard let isBad else {
      badSince = nil
      goodSince = nil
      return nil
    }
    if isBad {
      goodSince = nil
      let since = min(badSince ?? now, start ?? now)
      badSince = since
      guard !isRaised, now &- since >= raiseAfter else { return nil }
      isRaised = true
      return .raised
    }
    badSince = nil
    let since = goodSince ?? now
    goodSince = since
    guard isRaised, now &- since >= clearAfter else { return nil }
    isRaised = false
    return .cleared
  }

  /// How long it has been bad.
  func badFor(at now: Int64) -> Int64 { badSince.map { now &- $0 } ?? 0 }
}

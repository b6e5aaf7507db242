internal import DAVEFrames

/// The end-to-end keys of everybody on one connection: who sealed a frame of nobody known.
///
/// Only keys whose time it is are tried, and none is kept in use: this is for a few frames of few
/// streams, with a limit that its user counts down.
final class MemberKeys {
  private struct Member {
    let user: String
    /// Ascending by ``SenderEpoch/opens``.
    let epochs: [SenderEpoch]
  }

  private let members: [Member]
  private var output: [UInt8] = []

  init(_ keys: RenderKeys, connection: UInt32, windows: EpochWindows) {
    members = keys.senders.sorted { $0.key < $1.key }.compactMap { user, senders in
      let own = senders.filter { $0.connection == connection }
      return own.isEmpty ? nil : Member(user: user, epochs: windows.epochs(own))
    }
  }

  var isEmpty: Bool { members.isEmpty }

  /// Who sealed a frame that came at a time; nil when nobody did, or when the tries are used up.
  ///
  /// - Parameters:
  ///   - among: Only these; nil is everybody.
  ///   - tries: Keys that may be tried; what was used is taken off.
  func sender(
    of frame: Span<UInt8>, at time: Int64, among: Set<String>? = nil, tries: inout Int
  ) -> String? {
    for member in members where among?.contains(member.user) ?? true {
      for epoch in member.epochs.reversed() where epoch.opens <= time && time <= epoch.closes {
        guard tries > 0 else { return nil }
        tries -= 1
        defer { epoch.release() }
        if epoch.open(frame, into: &output) == .opened { return member.user }
      }
    }
    return nil
  }
}

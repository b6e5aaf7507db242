internal import CaptureLog
internal import SystemPackage

/// What a capture's key log gave, as render needs it.
struct SessionKeys: Sendable {
  let opened: CaptureKeys

  /// Opens the key log.
  ///
  /// - Throws: As ``CaptureKeys/open(_:with:)``.
  init(capture: FilePath, keys: [OperatorKey]) throws(CaptureError) {
    opened = try CaptureKeys.open(capture, with: keys)
  }

  /// Records that none of the given keys opens, or that are damaged.
  var unopened: Int { opened.counts.unopened + opened.counts.refused + opened.counts.damaged }

  func names(of user: String) -> Manifest.Names {
    let profile = opened.profiles[user]
    return Manifest.Names(
      nick: profile?.nick, global: profile?.global, username: profile?.username)
  }

  func isBot(_ user: String) -> Bool { opened.profiles[user]?.isBot ?? false }
}

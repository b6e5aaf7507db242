internal import CaptureLog
internal import SystemPackage
internal import VoiceCrypto

/// What a capture's key log gave, as render needs it.
struct SessionKeys: Sendable {
  let opened: CaptureKeys

  /// Opens the key log.
  ///
  /// - Throws: As ``CaptureKeys/open(_:with:)``.
  init(capture: FilePath, keys: [OperatorKey]) throws(CaptureError) {
    opened = try CaptureKeys.open(capture, with: keys)
  }

  /// Refuses a capture whose voice no key at all could open: its key log was lost, and tracks of
  /// silence would look like a meeting in which nobody spoke.
  ///
  /// - Throws: `.noInput`.
  func checkTransport(_ survey: SessionSurvey, capture: FilePath) throws(RenderError) {
    guard survey.session.encryptedAtRest else { return }
    let sealed = survey.streams.filter {
      $0.audioPackets > 0 && survey.connections[$0.connection]?.mode != TransportMode.none.rawValue
    }
    guard !sealed.isEmpty,
      sealed.allSatisfy({ opened.transport($0.connection).isEmpty })
    else { return }
    throw RenderError(
      .noInput,
      "\(capture) holds encrypted voice and no transport key to it; "
        + "put its keys.jsonl back from a copy, without it nothing can be opened")
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

internal import CaptureLog
internal import VoiceCrypto
internal import SystemPackage

/// What a capture's key log gave, as render needs it.
struct SessionKeys: Sendable {
  var keys = RenderKeys()
  var names: [String: Manifest.Names] = [:]
  var bots: Set<String> = []
  /// Records that none of the given keys opens, or that are damaged.
  var unopened = 0

  /// Opens the key log.
  ///
  /// - Throws: As ``CaptureKeys/open(_:with:)``.
  init(capture: FilePath, keys: [OperatorKey]) throws(CaptureError) {
    let opened = try CaptureKeys.open(capture, with: keys)
    for connection in opened.connections {
      self.keys.transport[connection] = opened.transport(connection).map {
        RenderKeys.Transport(time: $0.time, mode: $0.mode.rawValue, key: $0.key.copy())
      }
    }
    for user in opened.senderUsers {
      self.keys.senders[user] = opened.senders(user).map {
        RenderKeys.Sender(
          time: $0.time, connection: $0.connection, incarnation: Int($0.incarnation),
          epoch: $0.epoch, secret: $0.secret.copy())
      }
    }
    for (user, profile) in opened.profiles {
      names[user] = Manifest.Names(
        nick: profile.nick, global: profile.global, username: profile.username)
      if profile.isBot { bots.insert(user) }
    }
    unopened = opened.counts.unopened + opened.counts.refused + opened.counts.damaged
  }
}

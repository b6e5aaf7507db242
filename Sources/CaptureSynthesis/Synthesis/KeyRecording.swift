internal import CaptureLog
internal import SystemPackage
internal import VoiceCrypto

/// Writes the key log of a synthetic capture, as the recorder does: profiles first, then the key of
/// each connection.
struct KeyRecording: ~Copyable {
  private var writer: KeyLogWriter?

  /// - Throws: `CaptureError`; `.noKey` for an encrypted capture without recipients.
  init(_ plan: CapturePlan, in folder: FilePath, options: SynthesisOptions) throws(CaptureError) {
    guard options.mode != .none else {
      writer = nil
      return
    }
    var writer = try KeyLogWriter(in: folder, recipients: options.recipients)
    try writer.append(
      plan.speakers.map { speaker in
        let names = ProfileNames(
          nick: speaker.nick, global: speaker.globalName, username: speaker.username,
          isBot: speaker.isBot)
        return KeyRecord(
          time: options.startUnixNanoseconds, .profile(user: speaker.user, names: names))
      })
    self.writer = consume writer
  }

  /// The base secrets of an epoch, one a sender.
  mutating func append(_ records: [KeyRecord]) throws(CaptureError) {
    try writer?.append(records)
  }

  mutating func append(
    connection: UInt32, mode: TransportMode, key: [UInt8], time: Int64
  ) throws(CaptureError) {
    try writer?.append(
      KeyRecord(
        time: time, .transport(connection: connection, mode: mode, key: SecretBytes(key))))
  }
}

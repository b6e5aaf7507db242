internal import FoundationEssentials
internal import VoiceCrypto

/// Why a box that was addressed to a key at hand gave no record.
enum KeyRecordRefusal: Error, Equatable {
  /// The box does not open: changed bytes, or sealed to another key than it says.
  case box
  /// What is inside is no record, or not that of the line's clear fields.
  case mismatch
  /// A kind or transport mode of a newer tapedeck.
  case unknown
}

/// The text inside a box: the head once more, then the secret or the names, padded with spaces to
/// steps of 256 bytes so that the length of a name does not show.
enum KeyRecordContent {
  private static let paddingStep = 256

  private struct Names: Codable {
    var nick: String?
    var global: String?
    var username: String?
    var bot: Bool
  }

  private struct Secret: Decodable {
    var mode: String?
    var secret: String
  }

  static func plaintext(_ record: KeyRecord, head: KeyRecordHead) -> SecretBytes {
    var text = [UInt8]("{\(head.json)".utf8)
    // Grown at once, so that no copy of a secret is left behind in freed memory.
    text.reserveCapacity(4 * paddingStep)
    switch record.content {
    case .transport(_, let mode, let key):
      text += [UInt8](",\"mode\":\"\(mode.rawValue)\"".utf8)
      append(secret: key, to: &text)
    case .sender(_, _, _, _, let secret):
      append(secret: secret, to: &text)
    case .profile(_, let names):
      let object = Names(
        nick: names.nick, global: names.global, username: names.username, bot: names.isBot)
      // A flat struct of strings: encoding cannot fail.
      let members = (try? JSONEncoder().encode(object)).map { [UInt8]($0).dropFirst().dropLast() }
      text.append(UInt8(ascii: ","))
      text += members ?? []
    }
    text.append(UInt8(ascii: "}"))
    let padding = (paddingStep - text.count % paddingStep) % paddingStep
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    defer { wipe(&text) }
    return SecretBytes(text)
  }

  private static func append(secret: SecretBytes, to text: inout [UInt8]) {
    text += [UInt8](",\"secret\":\"".utf8)
    Base64.encode(secret).withSpan { digits in
      for index in 0..<digits.count { text.append(digits[index]) }
    }
    text.append(UInt8(ascii: "\""))
  }

  /// Reads what a box held, and compares it with the line's clear fields.
  static func parse(
    _ plaintext: SecretBytes, head: KeyRecordHead
  ) throws(KeyRecordRefusal) -> KeyRecord {
    let data = plaintext.withSpan { span in span.withUnsafeBytes { Data($0) } }
    let decoder = JSONDecoder()
    guard let inner = try? decoder.decode(KeyRecordHead.self, from: data), inner == head,
      let time = UTCTime.unixNanoseconds(parsing: head.time)
    else { throw .mismatch }
    guard let kind = KeyRecordHead.Kind(rawValue: head.kind) else { throw .unknown }
    switch kind {
    case .transport:
      guard let connection = head.connection,
        let content = try? decoder.decode(Secret.self, from: data), let name = content.mode
      else { throw .mismatch }
      guard let mode = TransportMode(rawValue: name) else { throw .unknown }
      let key = try secret(content, length: mode.keyLength)
      return KeyRecord(time: time, .transport(connection: connection, mode: mode, key: key))
    case .sender:
      guard let connection = head.connection, let incarnation = head.incarnation,
        let epoch = head.epoch, let user = head.user,
        let content = try? decoder.decode(Secret.self, from: data)
      else { throw .mismatch }
      let secret = try secret(content, length: KeyRecord.senderSecretLength)
      return KeyRecord(
        time: time,
        .sender(
          connection: connection, incarnation: incarnation, epoch: epoch, user: user,
          secret: secret))
    case .profile:
      guard let user = head.user, let names = try? decoder.decode(Names.self, from: data) else {
        throw .mismatch
      }
      return KeyRecord(
        time: time,
        .profile(
          user: user,
          names: ProfileNames(
            nick: names.nick, global: names.global, username: names.username, isBot: names.bot)))
    }
  }

  private static func secret(
    _ content: Secret, length: Int
  ) throws(KeyRecordRefusal) -> SecretBytes {
    let digits = [UInt8](content.secret.utf8)
    guard let secret = try? Base64.decode(digits.span), secret.count == length else {
      throw .mismatch
    }
    return secret
  }
}

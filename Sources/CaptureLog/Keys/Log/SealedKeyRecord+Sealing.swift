internal import FoundationEssentials
internal import VoiceCrypto

extension SealedKeyRecord {
  /// Seals a record to every recipient.
  ///
  /// - Throws: `.invalid` for a user id that is not 1...20 digits or a secret of the wrong length,
  ///   `.badKey` for a recipient that is no usable public key.
  init(
    sealing record: KeyRecord, number: UInt64, to recipients: [OperatorPublicKey]
  ) throws(CaptureError) {
    let head = KeyRecordHead(record, number: number)
    let hasRightLength =
      switch record.content {
      case .transport(_, let mode, let key): key.count == mode.keyLength
      case .sender(_, _, _, _, let secret): secret.count == KeyRecord.senderSecretLength
      case .profile: true
      }
    guard head.isSound, hasRightLength else {
      throw CaptureError(
        .invalid, "a \(head.kind) key record has a wrong user id, time or secret length")
    }
    self.init(head: head, boxes: [])
    try addBoxes(of: KeyRecordContent.plaintext(record, head: head), for: recipients)
  }

  /// Adds a box for each recipient that has none yet.
  mutating func addBoxes(
    of plaintext: SecretBytes, for recipients: [OperatorPublicKey]
  ) throws(CaptureError) {
    for recipient in recipients where !boxes.contains(where: { $0.key == recipient.id }) {
      let box: [UInt8]
      do {
        box = try plaintext.withSpan { span throws(VoiceCryptoError) in
          try SealedBox.seal(span, to: recipient.bytes)
        }
      } catch {
        throw CaptureError(.badKey, "\(recipient.id) is not a public key that can be sealed to")
      }
      boxes.append(Box(key: recipient.id, box: Data(box).base64EncodedString()))
    }
  }

  /// Opens the record with the first of the keys that it is sealed to.
  ///
  /// - Returns: the record with the text of its box, or nil when none of the keys is a recipient.
  func open(
    with keys: [OperatorKey]
  ) throws(KeyRecordRefusal) -> (record: KeyRecord, plaintext: SecretBytes)? {
    var refusal: KeyRecordRefusal?
    for box in boxes {
      for key in keys where key.id == box.key {
        guard let sealed = Data(base64Encoded: box.box),
          let plaintext = try? SealedBox.open([UInt8](sealed).span, with: key.pair)
        else {
          refusal = refusal ?? .box
          continue
        }
        do {
          return (try KeyRecordContent.parse(plaintext, head: head), plaintext)
        } catch {
          refusal = refusal ?? error
        }
      }
    }
    if let refusal { throw refusal }
    return nil
  }
}

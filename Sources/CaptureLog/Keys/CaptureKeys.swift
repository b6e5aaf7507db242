public import SystemPackage
package import VoiceCrypto

/// What a capture's key log holds for whoever has the operator's private key.
public struct CaptureKeys: Sendable {
  /// A key between client and voice server, valid from `time` on.
  package struct TransportKey: Sendable {
    package var time: Int64
    package var mode: TransportMode
    package var key: SecretBytes
  }

  /// One sender's base secret of one epoch.
  package struct SenderKey: Sendable {
    package var connection: UInt32
    package var incarnation: UInt32
    package var epoch: UInt64
    package var time: Int64
    package var secret: SecretBytes
  }

  /// How the lines of the key log fared.
  public struct Counts: Sendable, Equatable {
    /// Records opened, by kind.
    public var transport = 0
    public var sender = 0
    public var profile = 0
    /// Records sealed to none of the keys at hand.
    public var unopened = 0
    /// Boxes that did not open, or whose content is not that of the line.
    public var refused = 0
    /// Records of a kind this build does not know.
    public var unknown = 0
    /// Lines that are no records.
    public var damaged = 0

    public var opened: Int { transport + sender + profile }
  }

  private var transportKeys: [UInt32: [TransportKey]] = [:]
  private var senderKeys: [String: [SenderKey]] = [:]

  /// Names by user id.
  public private(set) var profiles: [String: ProfileNames] = [:]
  public private(set) var counts = Counts()

  /// No keys, as for captures that are not encrypted.
  public init() {}

  /// The transport keys of a connection, in the order of time.
  package func transport(_ connection: UInt32) -> [TransportKey] {
    transportKeys[connection] ?? []
  }

  /// The connections that have transport keys, sorted.
  package var transportConnections: [UInt32] { transportKeys.keys.sorted() }

  /// The base secrets of a user, in the order of time.
  package func senders(_ user: String) -> [SenderKey] {
    senderKeys[user] ?? []
  }

  /// The users who have base secrets, sorted.
  package var senderUsers: [String] { senderKeys.keys.sorted() }

  /// Opens the key log of a capture; lines that cannot be read are counted, not fatal.
  ///
  /// A capture that is not encrypted at rest needs no key, and neither does one whose key log is
  /// empty.
  ///
  /// - Parameters:
  ///   - capture: the capture's folder.
  ///   - keys: the operator's private keys at hand.
  /// - Throws: `.noKey` when no key is at hand, or none that the records are sealed to; `.badKey`
  ///   when the key that the user named is not among them; `.invalid` when all lines are damaged,
  ///   `.unsupportedVersion` when none is readable and some are newer; `.notFound`, `.notPermitted`
  ///   and `.io` of the capture's files.
  public static func open(
    _ capture: FilePath, with keys: [OperatorKey]
  ) throws(CaptureError) -> CaptureKeys {
    do {
      guard try CaptureSession.read(capture).encryptedAtRest else { return CaptureKeys() }
    } catch {
      // A damaged or lost session.json does not make the key log unreadable.
      guard error.code == .invalid || error.code == .notFound else { throw error }
    }
    return try CaptureKeys(openingLogOf: capture, with: keys)
  }

  private init(openingLogOf capture: FilePath, with keys: [OperatorKey]) throws(CaptureError) {
    var reader = try KeyLogReader(reading: capture)
    var seen: Set<KeyRecordHead> = []
    var recipients: Set<String> = []
    var isNewer = false
    var isGarbled = false
    while let entry = try reader.next() {
      let sealed: SealedKeyRecord
      switch entry {
      case .damage(let damage):
        counts.damaged += 1
        switch damage.cause {
        case .newerVersion: isNewer = true
        case .garbled, .tooLong: isGarbled = true
        // A recording that only began: its first record was being written.
        case .torn: break
        }
        continue
      case .record(let record): sealed = record
      }
      recipients.formUnion(sealed.boxes.lazy.map(\.key))
      // A record is written twice when the first key file failed while it was synced.
      guard !seen.contains(sealed.head) else { continue }
      do {
        guard let opened = try sealed.open(with: keys) else {
          counts.unopened += 1
          continue
        }
        seen.insert(sealed.head)
        add(opened.record)
      } catch .unknown {
        counts.unknown += 1
      } catch {
        counts.refused += 1
      }
    }
    for connection in transportKeys.keys {
      transportKeys[connection]?.sort { $0.time < $1.time }
    }
    for user in senderKeys.keys { senderKeys[user]?.sort { $0.time < $1.time } }
    if isNewer || isGarbled { try checkSomethingIsRecord(isNewer: isNewer) }
    try checkSomethingOpened(keys: keys, recipients: recipients)
  }

  private mutating func add(_ record: KeyRecord) {
    switch record.content {
    case .transport(let connection, let mode, let key):
      counts.transport += 1
      transportKeys[connection, default: []]
        .append(TransportKey(time: record.time, mode: mode, key: key))
    case .sender(let connection, let incarnation, let epoch, let user, let secret):
      counts.sender += 1
      senderKeys[user, default: []]
        .append(
          SenderKey(
            connection: connection, incarnation: incarnation, epoch: epoch, time: record.time,
            secret: secret))
    case .profile(let user, let names):
      counts.profile += 1
      profiles[user] = names
    }
  }

  /// Else every track would be silent without a word of why.
  private func checkSomethingIsRecord(isNewer: Bool) throws(CaptureError) {
    guard counts.opened + counts.unopened + counts.refused + counts.unknown == 0 else { return }
    throw isNewer
      ? CaptureError(
        .unsupportedVersion,
        "the key log is of a newer format than this build reads; use a newer tapedeck")
      : CaptureError(.invalid, "no line of the key log is a key record: it is damaged")
  }

  private func checkSomethingOpened(
    keys: [OperatorKey], recipients: Set<String>
  ) throws(CaptureError) {
    guard counts.opened + counts.unknown == 0 else { return }
    guard counts.unopened + counts.refused > 0 else { return }
    let sealedTo = recipients.sorted().prefix(4).joined(separator: ", ")
    if keys.isEmpty {
      throw CaptureError(
        .noKey,
        "no private key is at hand; the capture is sealed to \(sealedTo): name the file with --key")
    }
    guard counts.refused == 0 else {
      throw CaptureError(
        .invalid, "no record of the key log opens: its boxes are damaged or were not sealed by us")
    }
    let isNamed = keys.contains { $0.source == .named }
    let ids = keys.map(\.id).sorted().prefix(4).joined(separator: ", ")
    throw CaptureError(
      isNamed ? .badKey : .noKey,
      "the key\(keys.count == 1 ? "" : "s") at hand (\(ids)) do\(keys.count == 1 ? "es" : "") not "
        + "open the capture, which is sealed to \(sealedTo): name the right file with --key")
  }
}

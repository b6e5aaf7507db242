public import SystemPackage

/// Which keys open a capture's key log, and how much of it.
public struct CaptureKeyCheck: Sendable, Equatable {
  /// A key that records are sealed to.
  public struct Recipient: Sendable, Equatable {
    /// 16 hexadecimal digits.
    public var id: String
    /// What the operator called it, when the key is at hand.
    public var name: String
    public var isAtHand: Bool
    /// Records that have a box for the key.
    public var sealed: Int
    /// Records that the key opened.
    public var opened: Int
  }

  /// False for imports, which need no key.
  public var isEncrypted: Bool
  /// By id.
  public private(set) var recipients: [Recipient] = []
  /// Sound lines of the key log.
  public private(set) var records = 0
  /// Records that a key at hand opened, by kind.
  public private(set) var opened: [String: Int] = [:]
  /// Records that are sealed to no key at hand.
  public private(set) var unopened = 0
  /// Records whose box for a key at hand does not open, or holds another record.
  public private(set) var refused = 0
  /// Lines that are no records: what is wrong, file and line.
  public private(set) var damages: [String] = []

  /// Tries every key on every record.
  ///
  /// - Throws: `.notFound`, `.unsupportedVersion`, `.notPermitted`, `.io` of the capture's files.
  public init(_ capture: FilePath, with keys: [OperatorKey]) throws(CaptureError) {
    isEncrypted = true
    do {
      isEncrypted = try CaptureSession.read(capture).encryptedAtRest
    } catch {
      guard error.code == .invalid || error.code == .notFound else { throw error }
    }
    var found: [String: Recipient] = [:]
    var reader = try KeyLogReader(reading: capture)
    while let entry = try reader.next() {
      switch entry {
      case .damage(let damage):
        damages.append("\(damage.file), line \(damage.line): \(damage.cause.text)")
      case .record(let record):
        add(record, keys, &found)
      }
    }
    recipients = found.values.sorted { $0.id < $1.id }
  }

  private mutating func add(
    _ record: SealedKeyRecord, _ keys: [OperatorKey], _ found: inout [String: Recipient]
  ) {
    records += 1
    var isOpened = false
    var isRefused = false
    for id in Set(record.boxes.map(\.key)) {
      let key = keys.first { $0.id == id }
      var recipient =
        found[id]
        ?? Recipient(
          id: id, name: key?.publicKey.name ?? "", isAtHand: key != nil, sealed: 0, opened: 0)
      recipient.sealed += 1
      if let key {
        do {
          if try record.open(with: [key]) != nil {
            recipient.opened += 1
            isOpened = true
          }
        } catch .unknown {
          // Of a later build: the box opens, and its content is not ours to judge.
          recipient.opened += 1
          isOpened = true
        } catch {
          isRefused = true
        }
      }
      found[id] = recipient
    }
    if isOpened { opened[record.kind, default: 0] += 1 }
    if isRefused { refused += 1 }
    if !isOpened && !isRefused { unopened += 1 }
  }
}

extension KeyLogDamage.Cause {
  /// What is wrong, for people.
  package var text: String {
    switch self {
    case .garbled: "no key record"
    case .torn: "torn: the file ends within the line"
    case .tooLong: "longer than any key record"
    case .newerVersion: "of a newer format version"
    }
  }
}

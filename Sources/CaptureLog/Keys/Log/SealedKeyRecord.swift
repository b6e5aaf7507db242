internal import FoundationEssentials

/// One line of the key log: fields in the clear, and the rest in one sealed box per recipient.
package struct SealedKeyRecord: Sendable {
  /// The record sealed to one operator key.
  package struct Box: Decodable, Sendable, Equatable {
    /// The operator key's id, 16 hexadecimal digits.
    package var key: String
    /// Base64 of the sealed box.
    package var box: String

    /// Whether both are text of their kind, so that they can be written out again.
    var isSound: Bool {
      key.utf8.count == 16 && !box.isEmpty
        && key.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        && box.utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=")
        }
    }
  }

  let head: KeyRecordHead
  package var boxes: [Box]

  /// The record's number in the capture.
  package var number: UInt64 { head.n }
  /// `transport`, `sender`, `profile`, or a later kind.
  package var kind: String { head.kind }
  /// The user whom the record is about; nil for transport keys.
  package var user: String? { head.user }

  init(head: KeyRecordHead, boxes: [Box]) {
    self.head = head
    self.boxes = boxes
  }

  /// Reads one line, without its line break.
  ///
  /// - Throws: why it is no record of ours.
  package init(parsing line: Span<UInt8>) throws(KeyLogDamage.Cause) {
    struct Version: Decodable { var v: Int }
    struct Boxes: Decodable { var boxes: [Box] }
    let data = line.withUnsafeBytes { Data($0) }
    let decoder = JSONDecoder()
    guard let version = try? decoder.decode(Version.self, from: data) else { throw .garbled }
    guard version.v <= KeyRecordHead.currentVersion else { throw .newerVersion }
    guard let head = try? decoder.decode(KeyRecordHead.self, from: data), head.isSound,
      let boxes = try? decoder.decode(Boxes.self, from: data),
      boxes.boxes.allSatisfy(\.isSound)
    else { throw .garbled }
    self.init(head: head, boxes: boxes.boxes)
  }

  /// The line as it is written, with its line break.
  package var line: [UInt8] {
    let boxes = boxes.map { "{\"key\":\"\($0.key)\",\"box\":\"\($0.box)\"}" }
    return [UInt8]("{\(head.json),\"boxes\":[\(boxes.joined(separator: ","))]}\n".utf8)
  }
}

/// A line of the key log that could not be read.
package struct KeyLogDamage: Sendable, Equatable {
  package enum Cause: String, Error, Sendable, CaseIterable {
    /// No record of ours.
    case garbled
    /// The file ends within the line.
    case torn
    /// Longer than any record of ours; skipped unread.
    case tooLong = "too_long"
    /// Written by a newer tapedeck.
    case newerVersion = "newer_version"
  }

  package var cause: Cause
  /// Name of the key file in the capture folder.
  package var file: String
  /// From 1.
  package var line: Int
  /// Byte offset in the file and length of the line.
  package var offset: Int64
  package var length: Int64
}

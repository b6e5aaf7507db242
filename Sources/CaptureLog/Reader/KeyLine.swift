internal import FoundationEssentials

/// The clear part of a key log's line, as far as it can be judged without a key.
private struct KeyLineFields: Decodable {
  struct Box: Decodable {
    var key: String
    var box: String
  }

  var v: Int
  var n: UInt64
  var kind: String
  var connection: UInt32?
  var incarnation: UInt32?
  var epoch: UInt64?
  var user: String?
  var time: String
  var boxes: [Box]
}

enum KeyLine {
  /// What is wrong with a line, nil when nothing is.
  static func problem(_ line: LineReader.Line) -> String? {
    guard !line.isCut else { return "longer than any key record" }
    guard line.isWhole else { return "torn: the last line has no end" }
    let fields: KeyLineFields
    do {
      fields = try JSONDecoder().decode(KeyLineFields.self, from: Data(line.bytes))
    } catch DecodingError.keyNotFound(let key, _) {
      return "lacks \(key.stringValue)"
    } catch DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context)
    {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "no JSON object" : "\(path) is of the wrong type"
    } catch {
      return "no JSON object"
    }
    guard fields.v == 1 else { return "of version \(fields.v), which this build does not know" }
    return missingField(fields) ?? boxProblem(fields.boxes)
  }

  private static func missingField(_ fields: KeyLineFields) -> String? {
    switch fields.kind {
    case "transport":
      return fields.connection == nil ? "lacks connection" : nil
    case "sender":
      if fields.connection == nil { return "lacks connection" }
      if fields.incarnation == nil { return "lacks incarnation" }
      if fields.epoch == nil { return "lacks epoch" }
      return fields.user == nil ? "lacks user" : nil
    case "profile":
      return fields.user == nil ? "lacks user" : nil
    default:
      // A later kind: readers skip it.
      return nil
    }
  }

  private static func boxProblem(_ boxes: [KeyLineFields.Box]) -> String? {
    guard !boxes.isEmpty else { return "has no box, so no key opens it" }
    for box in boxes {
      let isHex = box.key.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
      }
      guard box.key.utf8.count == 16, isHex else { return "has a key id that is none" }
      guard let sealed = Data(base64Encoded: box.box), !sealed.isEmpty else {
        return "has a box that is not base64"
      }
    }
    return nil
  }
}

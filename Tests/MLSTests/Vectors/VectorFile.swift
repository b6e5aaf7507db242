import Foundation
import Testing

@testable import MLS

/// Bytes that a vector gives as hexadecimal digits.
struct Hex: Decodable, Hashable {
  var bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    let digits = text.compactMap(\.hexDigitValue)
    guard digits.count == text.count, digits.count % 2 == 0 else {
      throw VectorError.notHexadecimal
    }
    bytes = stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }
}

enum VectorError: Error { case notHexadecimal }

/// The published test vectors of MLS (repository mlswg/mls-implementations, folder test-vectors).
///
/// They have no licence, so they are not part of this repository: the tests read them from the folder
/// `mls-vectors` in `shared` beside it, or `TAPEDECK_MLS_VECTORS`, and say so when there is none.
enum Vectors {
  static let folder: String = {
    if let folder = ProcessInfo.processInfo.environment["TAPEDECK_MLS_VECTORS"] { return folder }
    var root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    root.removeLast(4)
    return root.joined(separator: "/") + "/../shared/mls-vectors"
  }()

  static var arePresent: Bool { FileManager.default.fileExists(atPath: folder) }
  static let absence: Comment = "no MLS test vectors: set TAPEDECK_MLS_VECTORS to their folder"

  /// The cases of a file for cipher suite 2, or all where the file does not depend on a suite.
  static func cases<Case: Decodable>(
    _ name: String, of type: Case.Type = Case.self
  ) throws -> [Case] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(name).json") else {
      Issue.record("no \(name).json in \(folder)")
      return []
    }
    return try JSONDecoder().decode([Case].self, from: data)
  }

  static func report(_ name: String, cases: Int, checks: Int) {
    print("MLS vectors: \(name): \(cases) cases, \(checks) checks")
  }
}

internal import FoundationEssentials
internal import JSONValues
internal import Render

/// JSON on one line, keys sorted.
enum JSONLine {
  static func encode(_ value: JSONValue) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Only NaN and infinities cannot be encoded, and no command reports one.
    return (try? encoder.encode(value)).map { [UInt8]($0) } ?? [UInt8]("{}".utf8)
  }
}

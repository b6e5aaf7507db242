internal import FoundationEssentials

extension JSONValue {
  /// The value as JSON text: keys sorted, so that the same value is always the same text.
  ///
  /// Infinities and NaN, which JSON cannot say, become `null`.
  ///
  /// - Parameter pretty: With line breaks and indented by two spaces, for people.
  public func text(pretty: Bool = false) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The value as JSON text on one line, in UTF-8: keys sorted.
  public var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { [UInt8]($0) } ?? [UInt8]("null".utf8)
  }
}

internal import FoundationEssentials

/// JSON as we write it: keys sorted, so that the same value is always the same bytes.
package enum JSONText {
  /// A document for people and programs, with a line break at its end.
  package static func document(_ value: some Encodable) throws(RenderError) -> [UInt8] {
    try encode(value, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]) + [0x0A]
  }

  /// One line, without the line break.
  package static func line(_ value: some Encodable) throws(RenderError) -> [UInt8] {
    try encode(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  private static func encode(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) throws(RenderError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    do {
      return [UInt8](try encoder.encode(value))
    } catch {
      // Only NaN and infinities cannot be written, and we write none.
      throw RenderError(.defect, "cannot write \(type(of: value)) as JSON: \(error)")
    }
  }
}

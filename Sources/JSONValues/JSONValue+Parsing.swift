extension JSONValue {
  /// Parses one JSON text (RFC 8259).
  ///
  /// Of a key written twice the last value stays. A number beyond `Int64` becomes the nearest
  /// `Double`, one beyond `Double` is refused. An escaped surrogate without its partner becomes
  /// U+FFFD; text that is not UTF-8 is refused.
  ///
  /// - Parameters:
  ///   - bytes: The text, in UTF-8.
  ///   - maximumDepth: How deep arrays and objects may be nested, at most 1,024; a plain value has
  ///     depth 0.
  ///   - maximumBytes: How long the text may be.
  /// - Throws: `JSONError` for whatever is not one JSON value.
  public init(
    parsing bytes: some Collection<UInt8>, maximumDepth: Int = 512, maximumBytes: Int = 256 << 20
  ) throws(JSONError) {
    let count = bytes.count
    guard count <= maximumBytes else {
      throw JSONError(.tooLarge, offset: maximumBytes, "more than \(maximumBytes) bytes of JSON")
    }
    let parse = { (buffer: UnsafeBufferPointer<UInt8>) in
      Result { () throws(JSONError) in
        try JSONParser.parse(buffer, maximumDepth: maximumDepth)
      }
    }
    let result =
      bytes.withContiguousStorageIfAvailable(parse) ?? Array(bytes).withUnsafeBufferPointer(parse)
    self = try result.get()
  }

  /// Parses one JSON text held in a string; see `init(parsing:maximumDepth:maximumBytes:)`.
  ///
  /// - Throws: `JSONError` for whatever is not one JSON value.
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }
}

/// Why bytes are not a JSON value that we take.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure.
  public enum Code: String, Hashable, Sendable {
    /// The text breaks the grammar of RFC 8259, or is empty.
    case malformed
    /// A string, or the text itself, is not UTF-8.
    case notUTF8
    /// Arrays and objects are nested deeper than the caller allows.
    case tooDeep
    /// There are more bytes than the caller allows.
    case tooLarge
  }

  /// What is wrong.
  public let code: Code

  /// Where, in bytes from the beginning; where the fault was noticed, not always where it lies.
  public let offset: Int

  /// What is wrong, in words; has nothing of the text.
  public let message: String

  package init(_ code: Code, offset: Int, _ message: String) {
    self.code = code
    self.offset = offset
    self.message = message
  }

  /// The message with the offset.
  public var description: String { "\(message) (at byte \(offset))" }
}

/// A file that a call uploads.
public struct FileUpload: Sendable {
  /// Where the contents are.
  public enum Contents: Sendable {
    /// In memory.
    case bytes([UInt8])
    /// In a file, which is read while it is sent.
    case file(path: String)
  }

  /// The name that Discord shows: a base name without folders and control characters.
  public let name: String
  /// The contents.
  public let contents: Contents
  /// The media type; nil lets Discord find out.
  public let contentType: String?
  /// What the file shows, for those who cannot see it.
  public let description: String?

  /// Bytes in memory, with a name.
  public init(
    name: String, bytes: [UInt8], contentType: String? = nil, description: String? = nil
  ) {
    self.name = name
    self.contents = .bytes(bytes)
    self.contentType = contentType
    self.description = description
  }

  /// A file on disk; its own name if none is given.
  public init(
    path: String, name: String? = nil, contentType: String? = nil, description: String? = nil
  ) {
    self.name = name ?? path
    self.contents = .file(path: path)
    self.contentType = contentType
    self.description = description
  }
}

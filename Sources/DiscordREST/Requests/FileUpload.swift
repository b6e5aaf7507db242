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
  /// The media type, such as `audio/flac`; nil lets Discord find out.
  public let contentType: String?
  /// What the file shows, for those who cannot see it.
  public let description: String?

  /// Bytes in memory, with a name.
  public init(
    name: String, bytes: [UInt8], contentType: String? = nil, description: String? = nil
  ) {
    self.name = Self.baseName(name)
    self.contents = .bytes(bytes)
    self.contentType = contentType
    self.description = description
  }

  /// A file on disk; its own name if none is given.
  public init(
    path: String, name: String? = nil, contentType: String? = nil, description: String? = nil
  ) {
    self.name = Self.baseName(name ?? path)
    self.contents = .file(path: path)
    self.contentType = contentType
    self.description = description
  }

  /// The last part of a path of any system, without what could end a header or hide a suffix.
  ///
  /// It is a safe name for a file here too: no folder, not `.` or `..`, at most 200 bytes.
  package static func baseName(_ path: String) -> String {
    // By scalars: as a character a slash may be hidden in a cluster, such as one behind U+0602.
    let last = path.unicodeScalars.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last
    var name = ""
    for scalar in last ?? "".unicodeScalars[...] {
      switch scalar {
      case "\"": name += "'"
      case _ where DisplayText.isSafe(scalar) && !scalar.properties.isWhitespace:
        name.unicodeScalars.append(scalar)
      case " ": name += " "
      default: name += "_"
      }
    }
    // Windows drops blanks and points at the end, and no system shows a name of blanks.
    while let last = name.unicodeScalars.last, last == " " || last == "." {
      name.unicodeScalars.removeLast()
    }
    name = String(name.unicodeScalars.drop { $0 == " " })
    guard !name.isEmpty else { return "file" }
    return shortened(name)
  }

  private static func shortened(_ name: String) -> String {
    let limit = 200
    guard name.utf8.count > limit else { return name }
    let scalars = name.unicodeScalars
    let suffix = scalars.lastIndex(of: ".").map { String(scalars[$0...]) } ?? ""
    let kept = suffix.utf8.count <= 16 ? suffix : ""
    var stem = ""
    for scalar in scalars {
      guard stem.utf8.count + kept.utf8.count + UTF8.width(scalar) <= limit else { break }
      stem.unicodeScalars.append(scalar)
    }
    return stem + kept
  }
}

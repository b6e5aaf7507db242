internal import Glibc

/// A small file with a secret.
enum SecretFile {
  /// Its text; nil if there is no such file.
  ///
  /// A symbolic link, a pipe, a device or a large file is refused: none of them is a token that
  /// somebody stored, and each could be put there by somebody else.
  static func read(
    _ path: String, maximumBytes: Int, isPrivate: Bool
  ) throws(DiscordError) -> String? {
    let name = DisplayText.sanitized(path)
    // Without blocking: a pipe nobody writes to would hold the program up.
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT, ENOTDIR: return nil
      case ELOOP:
        throw DiscordError(
          .notPermitted, "the token file \(name) is a symbolic link",
          hint: "Name the file itself")
      case let code:
        throw DiscordError(
          .notPermitted,
          "the token file \(name) cannot be read: \(String(cString: strerror(code)))",
          hint: "Run as the user who owns it")
      }
    }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw DiscordError(
        .notPermitted, "the token file \(name) is not a regular file", hint: "Name a file")
    }
    guard !isPrivate || status.st_mode & 0o077 == 0 else {
      throw DiscordError(
        .notPermitted, "others can read or change the token file \(name)",
        hint: "Run: chmod 600 \(name)")
    }
    var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
    var count = 0
    while count < bytes.count {
      let read = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else {
        throw DiscordError(.notPermitted, "the token file \(name) cannot be read")
      }
      if read == 0 { break }
      count += read
    }
    guard count <= maximumBytes else {
      throw DiscordError(
        .credentialInvalid, "the token file \(name) is too large to be one",
        hint: DiscordCredential.hint)
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

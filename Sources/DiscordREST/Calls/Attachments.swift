import Glibc

extension Attachment {
  /// The file's contents, in memory.
  ///
  /// Only addresses of Discord are read, and no token is sent there.
  /// - Parameter limit: the most bytes.
  /// - Throws: `DiscordError`: `fileTooLarge` beyond the limit, before anything is read where the
  ///   size says so; `notFound` or `forbidden` when the address is older than a day.
  ///   `CancellationError`.
  public func fetch(limit: Int = 100 << 20) async throws -> [UInt8] {
    let buffer = Buffer()
    try await read(limit: limit) { bytes in await buffer.append(bytes) }
    return await buffer.bytes
  }

  /// The file's contents, piece by piece.
  ///
  /// - Parameters:
  ///   - limit: the most bytes.
  ///   - receive: takes the pieces, in order.
  /// - Throws: as ``fetch(limit:)``, and what `receive` throws.
  public func read(
    limit: Int, receive: @escaping @Sendable ([UInt8]) async throws -> Void
  ) async throws {
    guard size <= limit else {
      throw DiscordError(
        .fileTooLarge, "the file has \(size) bytes, more than \(limit)", hint: "Allow more bytes")
    }
    try await client.fetch(url: url, limit: limit, receive: receive)
  }

  /// Saves the file, readable only by its owner; never over another file.
  ///
  /// - Parameters:
  ///   - path: a folder, in which the file gets its own name made safe (with the attachment's id
  ///     if that name is taken), or the path of the new file.
  ///   - limit: the most bytes.
  /// - Returns: the path of the file.
  /// - Throws: `DiscordError` as ``fetch(limit:)``, and `notPermitted` when the file is there
  ///   already or cannot be made. After a failure no half file is left. `CancellationError`.
  @discardableResult
  public func save(to path: String, limit: Int = 512 << 20) async throws -> String {
    let file = try NewFile(path, name: SafeFileName.sanitized(filename, fallback: "attachment"), id)
    defer { file.close() }
    do {
      try await read(limit: limit) { bytes in try file.write(bytes) }
      try file.synchronize()
    } catch {
      file.remove()
      throw error
    }
    return file.path
  }
}

private actor Buffer {
  var bytes: [UInt8] = []

  func append(_ more: [UInt8]) { bytes += more }
}

/// A file that was not there before.
///
/// Only one task uses it, one call after the other.
private struct NewFile: Sendable {
  let path: String
  private let descriptor: Int32
  private let folder: Int32
  private let name: String

  /// - Parameters:
  ///   - path: a folder or the path of the file.
  ///   - name: the name in a folder.
  ///   - id: told from others by it, where the name is taken.
  init(_ path: String, name: String, _ id: ID<Attachment>) throws(DiscordError) {
    // The folder is held open: nobody can put another one in its place meanwhile.
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder < 0 {
      descriptor = try Self.create(at: AT_FDCWD, path, path)
      (self.path, self.name, self.folder) = (path, path, AT_FDCWD)
      return
    }
    let base = path.hasSuffix("/") ? path : path + "/"
    for candidate in [name, SafeFileName.marked(name, id.description)] {
      do throws(DiscordError) {
        descriptor = try Self.create(at: folder, candidate, base + candidate)
      } catch {
        if errno == EEXIST, candidate == name { continue }
        _ = Glibc.close(folder)
        throw error
      }
      (self.path, self.name, self.folder) = (base + candidate, candidate, folder)
      return
    }
    _ = Glibc.close(folder)
    throw DiscordError(.notPermitted, "the file is there already")
  }

  private static func create(
    at folder: Int32, _ name: String, _ path: String
  ) throws(DiscordError) -> Int32 {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = openat(folder, name, flags, 0o600)
    guard descriptor < 0 else { return descriptor }
    let reason = errno
    let shown = DisplayText.sanitized(path, limit: 200)
    defer { errno = reason }
    throw DiscordError(
      .notPermitted, "\(shown) cannot be made: \(String(cString: strerror(reason)))",
      hint: reason == EEXIST ? "Files are not overwritten: choose another name" : nil)
  }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure() }
      rest = rest.dropFirst(written)
    }
  }

  /// A full disk may be told only now.
  func synchronize() throws {
    if fsync(descriptor) != 0, errno != EINVAL { throw failure() }
  }

  func remove() {
    _ = unlinkat(folder, name, 0)
  }

  func close() {
    _ = Glibc.close(descriptor)
    if folder != AT_FDCWD { _ = Glibc.close(folder) }
  }

  private func failure() -> DiscordError {
    DiscordError(
      .notPermitted,
      "\(DisplayText.sanitized(path, limit: 200)) cannot be written: "
        + String(cString: strerror(errno)))
  }
}

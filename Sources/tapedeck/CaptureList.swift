internal import CaptureLog
internal import SystemPackage

/// The captures that a command is to work on.
struct CaptureList {
  struct Item: Equatable, Sendable {
    var path: FilePath
    /// As `session.json` says, or the folder's name where that cannot be read.
    var id: String
  }

  var items: [Item]

  /// Reads a list: one path a line; blank lines and those that begin with `#` are skipped.
  static func paths(inList file: String) throws -> [String] {
    let bytes: [UInt8]
    do {
      bytes = try FileContents.read(FilePath(file == "-" ? "/dev/stdin" : file))
    } catch {
      throw CommandFailure(.noInput, "cannot read the list \(file): \(error)")
    }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(
      String.init
    )
    .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
  }

  /// - Throws: 64 when two different captures have one id, since they would share a folder.
  init(_ paths: [String], shard: Shard?) throws {
    var items: [Item] = []
    var seen: [String: FilePath] = [:]
    for path in paths {
      let path = FilePath(path).lexicallyNormalized()
      let id = Self.id(of: path)
      if let other = seen[id] {
        if other == path { continue }
        throw CommandFailure(.usage, "\(other) and \(path) are both the capture \(id)")
      }
      seen[id] = path
      if shard?.contains(id) ?? true { items.append(Item(path: path, id: id)) }
    }
    self.items = items
  }

  /// The capture's id, if it can be a folder's name; else the name of the capture's folder.
  static func id(of capture: FilePath) -> String {
    let name = capture.lastComponent?.string ?? "capture"
    guard let bytes = try? FileContents.read(capture.appending(SessionFile.name)),
      let session = try? SessionFile.decode(bytes), isFolderName(session.id)
    else {
      return name
    }
    return session.id
  }

  /// Only what cannot lead out of the folder.
  static func isFolderName(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 200 && id.first != "." && id.first != "-"
      && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
  }
}

package import CaptureLog
internal import Glibc
package import SystemPackage

/// Whose speech is not stored: those of the options, and those of the opt-out list.
package struct ExclusionList: Sendable {
  /// More than a list of people should ever have, bytes.
  private static let maximumSize = 4 << 20

  private let fixed: Set<UInt64>
  private let file: FilePath?
  private var stamp: Stamp?
  package private(set) var users: Set<UInt64>

  private struct Stamp: Equatable {
    var seconds: Int
    var nanoseconds: Int
    var size: Int
    var inode: UInt
  }

  /// Reads the list.
  ///
  /// - Throws: `CaptureError` when it cannot be read, or has a line that is no id: recording somebody
  ///   who has opted out is worse than not to begin.
  package init(fixed: Set<UInt64>, file: FilePath?) throws(CaptureError) {
    self.fixed = fixed
    self.file = file
    users = fixed
    guard let file else { return }
    stamp = Self.stamp(of: file)
    users.formUnion(try Self.parse(try RegularFile.read(file, limit: Self.maximumSize), file))
  }

  /// Whether anybody could be on the list.
  package var exists: Bool { file != nil || !fixed.isEmpty }

  /// Reads the list again if it changed.
  ///
  /// - Returns: whether the users changed.
  /// - Throws: `CaptureError`; those who were on the list stay on it.
  package mutating func refresh() throws(CaptureError) -> Bool {
    guard let file else { return false }
    let stamp = Self.stamp(of: file)
    guard stamp != self.stamp else { return false }
    self.stamp = stamp
    let listed = try Self.parse(try RegularFile.read(file, limit: Self.maximumSize), file)
    let users = fixed.union(listed)
    defer { self.users = users }
    return users != self.users
  }

  /// One user id a line; blank lines and what follows a `#` say nothing.
  static func parse(_ bytes: [UInt8], _ file: FilePath) throws(CaptureError) -> Set<UInt64> {
    var users: Set<UInt64> = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let text = String(decoding: line.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
      let digits = text.filter { !$0.isWhitespace }
      guard !digits.isEmpty else { continue }
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let user = UInt64(digits) else {
        throw CaptureError(.invalid, "\(file), line \(number + 1) is not a user id")
      }
      users.insert(user)
    }
    return users
  }

  private static func stamp(of file: FilePath) -> Stamp? {
    var status = stat()
    guard file.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
    return Stamp(
      seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec),
      size: Int(status.st_size), inode: UInt(status.st_ino))
  }
}

internal import Glibc
package import SystemPackage

/// The files of a capture folder.
package struct CaptureFolder: Sendable, Equatable {
  /// A segment's file.
  package struct Segment: Sendable, Equatable {
    package var number: UInt32
    package var isPart: Bool
    package var name: String { SegmentFormat.fileName(number, isPart: isPart) }
  }

  package let path: FilePath
  /// By number; of two files with one number the finished one is here.
  package private(set) var segments: [Segment] = []
  /// `.part` files beside the finished segment of the same number: left by a copying tool.
  package private(set) var duplicates: [Segment] = []
  /// `keys.jsonl`, `keys-000001.jsonl`, …, sorted by name.
  package private(set) var keyFiles: [String] = []

  /// Lists the folder.
  ///
  /// - Throws: `.notFound` when there is none, `.notPermitted`, `.io`.
  package init(listing path: FilePath) throws(CaptureError) {
    self.path = path
    var found: [Segment] = []
    for name in try Self.names(in: path) {
      if let (number, isPart) = SegmentFormat.parseFileName(name) {
        found.append(Segment(number: number, isPart: isPart))
      } else if Self.isKeyFile(name) {
        keyFiles.append(name)
      }
    }
    keyFiles.sort()
    found.sort { ($0.number, $0.isPart ? 1 : 0) < ($1.number, $1.isPart ? 1 : 0) }
    for segment in found {
      if segments.last?.number == segment.number {
        duplicates.append(segment)
      } else {
        segments.append(segment)
      }
    }
  }

  package static func isKeyFile(_ name: String) -> Bool {
    guard name.hasPrefix("keys"), name.hasSuffix(".jsonl") else { return false }
    let middle = name.dropFirst(4).dropLast(6)
    return middle.isEmpty
      || middle.first == "-" && middle.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
  }

  /// Makes the folder (0700), or takes an empty one.
  static func makeEmpty(
    _ path: FilePath, files: some FileOperations
  ) throws(CaptureError) {
    do throws(Errno) {
      try files.makeFolder(path)
      return
    } catch {
      guard error == .fileExists else { throw CaptureError(error, "cannot make \(path)") }
    }
    guard try names(in: path).isEmpty else {
      throw CaptureError(.exists, "\(path) exists and is not empty; choose another folder")
    }
    // It holds sealed speech from now on.
    guard path.withPlatformString({ chmod($0, 0o700) }) == 0 else {
      throw CaptureError(Errno(rawValue: errno), "cannot restrict \(path)")
    }
  }

  static func names(in path: FilePath) throws(CaptureError) -> [String] {
    guard let stream = path.withPlatformString({ opendir($0) }) else {
      let error = Errno(rawValue: errno)
      guard error != .noSuchFileOrDirectory else {
        throw CaptureError(.notFound, "there is no capture at \(path)", errno: error.rawValue)
      }
      guard error != .notDirectory else {
        throw CaptureError(
          .invalid, "\(path) is not a capture folder but a file", errno: error.rawValue)
      }
      throw CaptureError(error, "cannot list \(path)")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw CaptureError(Errno(rawValue: errno), "cannot list \(path)") }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }
}

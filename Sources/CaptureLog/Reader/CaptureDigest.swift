public import SystemPackage
internal import VoiceCrypto

/// The digest by which outputs say what they were made from.
public enum CaptureDigest {
  /// SHA-256, in hexadecimal, over what rendering reads: the segments by number, the key logs by
  /// name, and `session.json`.
  ///
  /// Each file is preceded by a line `segment <number> <length>`, `keys <name> <length>` or
  /// `session <length>`; a first line names this layout. Neither the folder's name nor `.part`
  /// counts, so a capture that is moved, or whose last segment is renamed at its end, keeps its
  /// digest.
  ///
  /// - Parameters:
  ///   - folder: The capture.
  ///   - extent: How far the segments are read; nil for all there is now.
  /// - Throws: `.notFound`, `.invalid`, `.unsupportedVersion`, `.notPermitted`, `.io`.
  public static func digest(
    of folder: FilePath, extent: CaptureExtent? = nil
  ) throws(CaptureError) -> String {
    let reader = try CaptureReader(opening: folder, extent: extent)
    var hash = FileHash()
    hash.add("tapedeck capture digest 1\n")
    for segment in reader.extent.segments where segment.problem != .duplicateSegment {
      do throws(Errno) {
        let source = try reader.openFile(segment)
        hash.add("segment \(segment.named) \(segment.size)\n")
        try hash.add(source, size: segment.size)
      } catch {
        // A segment that no reader can open is not part of what was read.
        guard segment.problem == .unreadable else {
          throw CaptureError(error, "cannot read \(folder.appending(segment.name))")
        }
      }
    }
    for name in try CaptureFolder(listing: folder).keyFiles {
      try hash.add(file: folder.appending(name), label: "keys \(name)")
    }
    if reader.extent.sessionProblem == nil {
      try hash.add(file: folder.appending(SessionFile.name), label: "session")
    }
    return hash.finish()
  }
}

/// A digest over texts and files.
private struct FileHash: ~Copyable {
  private var digest = SHA256Digest()

  mutating func add(_ text: String) {
    let bytes = [UInt8](text.utf8)
    digest.update(bytes.span)
  }

  mutating func add(file path: FilePath, label: String) throws(CaptureError) {
    do throws(Errno) {
      let source = try FileSource(opening: path)
      let size = try source.size()
      add("\(label) \(size)\n")
      try add(source, size: size)
    } catch {
      throw CaptureError(error, "cannot read \(path)")
    }
  }

  mutating func add(_ source: borrowing FileSource, size: Int64) throws(Errno) {
    var buffer = [UInt8](repeating: 0, count: Int(min(max(size, 1), 256 << 10)))
    var offset: Int64 = 0
    while offset < size {
      let wanted = Int(min(Int64(buffer.count), size - offset))
      let count = try source.read(at: offset, into: &buffer, range: 0..<wanted)
      // Cut since its size was taken.
      guard count > 0 else { throw .ioError }
      digest.update(buffer.span.extracting(0..<count))
      offset += Int64(count)
    }
  }

  mutating func finish() -> String { digest.finalizeHex() }
}

internal import FoundationEssentials
internal import Glibc
internal import Render
internal import SystemPackage

/// Tracks on disk, in a file without a name: a corpus of thousands of sessions does not fit into memory,
/// and formats want them in an order of their own.
final class TrackSpool {
  /// Where a track lies.
  struct Place {
    fileprivate var offset: Int64
    fileprivate var count: Int
  }

  private let descriptor: Int32
  private let folder: FilePath
  private var end: Int64 = 0

  init(in folder: FilePath) throws(RenderError) {
    let path = folder.appending(".tracks.spool")
    let descriptor = open(path.string, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw FileSystem.failure("write", path, errno: errno) }
    unlink(path.string)
    self.descriptor = descriptor
    self.folder = folder
  }

  deinit { close(descriptor) }

  func append(_ track: CorpusTrack) throws(RenderError) -> Place {
    let bytes = try JSONText.line(track)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(
          descriptor, UnsafeRawBufferPointer(rebasing: $0[done...]).baseAddress, $0.count - done,
          off_t(end) + off_t(done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileSystem.failure("write in", folder, errno: errno) }
      done += count
    }
    defer { end += Int64(bytes.count) }
    return Place(offset: end, count: bytes.count)
  }

  func track(at place: Place) throws(RenderError) -> CorpusTrack {
    var bytes = [UInt8](repeating: 0, count: place.count)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(
          descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[done...]).baseAddress,
          $0.count - done, off_t(place.offset) + off_t(done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileSystem.failure("read in", folder, errno: errno) }
      done += count
    }
    do {
      return try JSONDecoder().decode(CorpusTrack.self, from: Data(bytes))
    } catch {
      throw RenderError(.defect, "a track cannot be read back: \(error)")
    }
  }
}

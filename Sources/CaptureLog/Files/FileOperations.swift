package import SystemPackage

/// A file that is open for writing.
package struct OpenFile: Sendable, Equatable {
  package let descriptor: Int32

  package init(descriptor: Int32) {
    self.descriptor = descriptor
  }
}

/// The file system as the live writer needs it, so that tests can let any call fail or wait.
///
/// Errors are `Errno`; an interrupted call (EINTR) is begun again by the caller.
package protocol FileOperations: Sendable {
  /// Makes a folder, mode 0700; throws EEXIST when there is one.
  func makeFolder(_ path: FilePath) throws(Errno)
  /// Makes a file, mode 0600, that must not exist and is no symbolic link.
  func create(_ path: FilePath) throws(Errno) -> OpenFile
  /// Writes at the end of what was written before; returns how many bytes the system took.
  func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(Errno) -> Int
  /// Waits until the file's data is on the medium (`fdatasync`).
  func synchronize(_ file: OpenFile) throws(Errno)
  func close(_ file: OpenFile)
  func rename(_ path: FilePath, to: FilePath) throws(Errno)
  func remove(_ path: FilePath) throws(Errno)
  /// Waits until the folder's entries are on the medium.
  func synchronizeFolder(_ path: FilePath) throws(Errno)
  /// Bytes that this user may still write to the file system of `path`.
  func freeBytes(at path: FilePath) throws(Errno) -> Int64
}

extension FileOperations {
  /// Writes all of `bytes`, over short writes and interruptions.
  ///
  /// Returns how many bytes were written and the error that ended it, if not all.
  func writeAll(_ bytes: Span<UInt8>, to file: OpenFile) -> (written: Int, error: Errno?) {
    var written = 0
    while written < bytes.count {
      do throws(Errno) {
        let count = try write(bytes.extracting(written..<bytes.count), to: file)
        // A file takes at least one byte or says why not; do not spin on one that does neither.
        guard count > 0 else { return (written, .ioError) }
        written += min(count, bytes.count - written)
      } catch Errno.interrupted {
        continue
      } catch {
        return (written, error)
      }
    }
    return (written, nil)
  }

  /// `synchronize`, begun again when interrupted. Any other error is final: the kernel may have
  /// dropped the pages and marked them clean, so a second call would lie.
  func synchronizeOnce(_ file: OpenFile) -> Errno? {
    while true {
      do throws(Errno) {
        try synchronize(file)
        return nil
      } catch Errno.interrupted {
        continue
      } catch {
        return error
      }
    }
  }
}

internal import CSndfile
internal import Glibc
internal import SystemPackage

/// A sound file being written through libsndfile, over a descriptor that stays ours (to sync, and to see its size).
struct SoundFile: ~Copyable {
  private var handle: OpaquePointer?
  private var descriptor: Int32
  private let path: String
  private let format: SparseWAVWriter.Format
  private var position: Int64 = 0

  init(
    creating path: FilePath, sampleRate: Int, format: SparseWAVWriter.Format, totalSamples: Int64
  ) throws(AudioError) {
    let descriptor = path.withPlatformString {
      open($0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    guard descriptor >= 0 else {
      throw Self.failure(path.string, code: errno, message: String(cString: strerror(errno)))
    }
    try self.init(
      descriptor: descriptor, path: path.string, sampleRate: sampleRate, format: format,
      totalSamples: totalSamples)
  }

  /// Takes over the descriptor, also when it throws.
  init(
    descriptor: Int32, path: String, sampleRate: Int, format: SparseWAVWriter.Format,
    totalSamples: Int64
  ) throws(AudioError) {
    let isLarge = totalSamples > (Int64(UInt32.max) - 36) / 2
    var info = SF_INFO()
    info.samplerate = Int32(clamping: sampleRate)
    info.channels = 1
    switch format {
    case .wav:
      info.format = Int32(isLarge ? SF_FORMAT_RF64 : SF_FORMAT_WAV) | Int32(SF_FORMAT_PCM_16)
    case .flac:
      info.format = Int32(SF_FORMAT_FLAC) | Int32(SF_FORMAT_PCM_16)
    }
    errno = 0
    let handle = sf_open_fd(descriptor, Int32(SFM_WRITE), &info, 0)
    guard let handle else {
      let code = errno
      let message = String(cString: sf_strerror(nil))
      close(descriptor)
      throw Self.failure(path, code: code, message: message)
    }
    // Without it a sample past full scale would wrap around, should any float ever be written through this handle.
    sf_command(handle, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
    self.handle = handle
    self.descriptor = descriptor
    self.path = path
    self.format = format
  }

  deinit {
    if let handle { sf_close(handle) }
    if descriptor >= 0 { close(descriptor) }
  }

  mutating func write(_ samples: [Int16], at start: Int64) throws(AudioError) {
    try move(to: start)
    errno = 0
    let handle = self.handle
    let written = samples.withUnsafeBufferPointer {
      sf_write_short(handle, $0.baseAddress, Int64($0.count))
    }
    guard written == Int64(samples.count), sf_error(handle) == 0 else { throw failure() }
    position = start + written
  }

  /// Goes to a position without writing (WAV) or by writing zeros (FLAC).
  private mutating func move(to target: Int64) throws(AudioError) {
    guard target > position else { return }
    switch format {
    case .wav:
      guard sf_seek(handle, target, SEEK_SET) == target else { throw failure() }
      position = target
    case .flac:
      let zeros = [Int16](repeating: 0, count: 8192)
      while position < target {
        let count = min(Int64(zeros.count), target - position)
        errno = 0
        let handle = self.handle
        let written = zeros.withUnsafeBufferPointer {
          sf_write_short(handle, $0.baseAddress, count)
        }
        guard written == count, sf_error(handle) == 0 else { throw failure() }
        position += written
      }
    }
  }

  mutating func finish(totalSamples: Int64, sync: Bool) throws(AudioError) {
    switch format {
    case .flac:
      try move(to: totalSamples)
    case .wav:
      var length = totalSamples
      errno = 0
      let size = Int32(MemoryLayout<Int64>.size)
      guard sf_command(handle, Int32(SFC_FILE_TRUNCATE), &length, size) == 0 else {
        throw failure()
      }
    }
    errno = 0
    let code = sf_close(handle)
    let closing = errno
    handle = nil
    guard code == 0 else {
      throw Self.failure(path, code: closing, message: String(cString: sf_error_number(code)))
    }
    if sync, fdatasync(descriptor) != 0 {
      throw Self.failure(path, code: errno, message: String(cString: strerror(errno)))
    }
  }

  private func failure() -> AudioError {
    Self.failure(path, code: errno, message: String(cString: sf_strerror(handle)))
  }

  private static func failure(_ path: String, code: Int32, message: String) -> AudioError {
    if code == ENOSPC || code == EDQUOT || code == EFBIG { return .noSpace(path: path) }
    return .file(path: path, errno: code, message: message)
  }
}

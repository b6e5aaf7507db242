internal import CSndfile
internal import Glibc
package import SystemPackage

/// Writes a track of known length at given positions; what is never written reads as zeros.
///
/// In a WAV file the unwritten spans are holes, so that the disk holds the speech only. FLAC has no holes, but zeros cost next
/// to nothing there (some bytes a block). Writes must not go back. They are collected to blocks of 64 KiB.
///
/// The WAV header is the plain one of 44 bytes that everything reads; a file past 4 GiB (37 hours at 16 kHz) gets an RF64 header.
///
/// It is safe to send: file and handle are never shared.
package struct SparseWAVWriter: ~Copyable, @unchecked Sendable {
  /// The container.
  package enum Format: String, Sendable, CaseIterable {
    case wav
    case flac
  }

  private var file: SoundFile
  private var pending: [Int16] = []
  private var pendingStart: Int64 = 0
  private var end: Int64 = 0
  private let total: Int64

  /// Creates the file (it must not exist; mode 0600).
  ///
  /// - Parameter totalSamples: The length that the track will have; WAV or RF64 is decided by it.
  package init(
    creating path: FilePath, sampleRate: Int, format: Format = .wav, totalSamples: Int64
  ) throws(AudioError) {
    guard totalSamples >= 0, totalSamples <= Int64.max / 4 else {
      throw .invalidParameter("a track of \(totalSamples) samples")
    }
    file = try SoundFile(
      creating: path, sampleRate: sampleRate, format: format, totalSamples: totalSamples)
    total = totalSamples
    pending.reserveCapacity(Self.blockSamples)
  }

  /// Writes samples at a position, at or after the end of what was written.
  ///
  /// - Throws: `AudioError.invalidParameter` if it would go back or past the track's length; `noSpace`, `file`.
  package mutating func write(_ samples: Span<Int16>, at position: Int64) throws(AudioError) {
    guard position >= end, position <= total, Int64(samples.count) <= total - position else {
      throw .invalidParameter(
        "\(samples.count) samples at \(position) do not fit between \(end) and \(total)")
    }
    guard samples.count > 0 else { return }
    if position != end || pending.isEmpty {
      try flush()
      pendingStart = position
    }
    var offset = 0
    while offset < samples.count {
      let count = min(samples.count - offset, Self.blockSamples - pending.count)
      samples.extracting(offset..<offset + count).withUnsafeBufferPointer {
        pending.append(contentsOf: $0)
      }
      offset += count
      end = position + Int64(offset)
      if pending.count == Self.blockSamples {
        try flush()
        pendingStart = end
      }
    }
  }

  /// Writes out what is pending, makes the file as long as it was announced, and closes it.
  ///
  /// - Parameter sync: Whether to wait until it is on the disk.
  /// - Throws: `noSpace`, `file`; the file is then not usable.
  package consuming func finish(sync: Bool = false) throws(AudioError) {
    try flush()
    try file.finish(totalSamples: total, sync: sync)
  }

  private mutating func flush() throws(AudioError) {
    guard !pending.isEmpty else { return }
    try file.write(pending, at: pendingStart)
    pending.removeAll(keepingCapacity: true)
  }

  private static let blockSamples = 32768
}

internal import Glibc
internal import SystemPackage
internal import VoiceCrypto

/// SHA-256 over the speech of a track: for each extent its offset and its length in bytes of sample
/// data (64-bit little-endian), then its bytes.
///
/// Pauses cost nothing, and the same speech has the same digest in WAV and FLAC. The length comes
/// first, so an extent is held until it ends: up to ``held`` bytes in memory, what is more in a file
/// that has no name.
struct SpeechDigest: ~Copyable {
  /// Bytes of an extent held in memory: 8 s at 16 kHz.
  static let held = 256 * 1024

  private var digest = SHA256Digest()
  private var bytes: [UInt8] = []
  private var spill: SpillFile?
  private let folder: FilePath
  private let stem: String
  /// The extents taken in, in samples; the last may still grow.
  private(set) var extents: [SampleRange] = []

  /// - Parameters:
  ///   - folder: Where a file for long extents may be made.
  ///   - stem: Of the track's file.
  init(folder: FilePath, stem: String) {
    self.folder = folder
    self.stem = stem
  }

  /// Takes in samples; those right behind the last ones are of the same extent.
  mutating func update(_ samples: Span<Int16>, at start: Int64) throws(RenderError) {
    guard samples.count > 0 else { return }
    let end = start + Int64(samples.count)
    if let last = extents.last, last.end == start {
      extents[extents.count - 1].end = end
    } else {
      try endExtent()
      extents.append(SampleRange(start: start, end: end))
    }
    #if _endian(little)
      // The samples are in memory as they are hashed.
      samples.withUnsafeBytes { bytes.append(contentsOf: $0) }
    #else
      for index in 0..<samples.count {
        let value = UInt16(bitPattern: samples[index])
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
      }
    #endif
    if bytes.count >= Self.held {
      if spill == nil { spill = try SpillFile(folder: folder, stem: stem) }
      try spill?.append(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
  }

  /// The digest in hexadecimal digits; nothing may be taken in after it.
  mutating func finish() throws(RenderError) -> String {
    try endExtent()
    return digest.finalizeHex()
  }

  private mutating func endExtent() throws(RenderError) {
    guard let extent = extents.last else { return }
    updateDigest(UInt64(2 * extent.start))
    updateDigest(UInt64(2 * extent.count))
    if let spill { try spill.drain { digest.update($0) } }
    // Taken out for the moment: the digest changes while it reads them.
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    digest.update(taken.span)
    taken.removeAll(keepingCapacity: true)
    swap(&taken, &bytes)
  }

  private mutating func updateDigest(_ value: UInt64) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    digest.update(bytes.span)
  }
}

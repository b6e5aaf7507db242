internal import SystemPackage

/// The part of a segment that is in memory: one buffer, refilled in place.
struct ScanWindow<Source: ByteSource & ~Copyable>: ~Copyable {
  /// Twice the largest block: when a search must refill for a candidate, at least half the buffer
  /// lies behind it, so that a byte is moved and read at most twice, whatever lengths a file claims.
  static var maximumCapacity: Int { 2 * SegmentFormat.maximumBlockSize }

  private let source: Source
  /// How much of the source there is to read.
  private(set) var size: Int64
  private(set) var buffer: [UInt8]
  /// Offset in the source of the buffer's first byte.
  private var start: Int64 = 0
  private var filled = 0
  /// Where the last `load` met an I/O error.
  private var failure: Int64?

  init(_ source: consuming Source, size: Int64, capacity: Int) {
    self.source = source
    self.size = max(0, size)
    let wanted = Int(min(Int64(min(max(capacity, 64), Self.maximumCapacity)), max(self.size, 64)))
    buffer = [UInt8](repeating: 0, count: wanted)
  }

  var hasFailed: Bool { failure != nil }

  /// Where a loaded byte of the source stands in `buffer`.
  func index(of offset: Int64) -> Int { Int(offset - start) }

  /// Makes sure that `count` bytes from `offset` are in the buffer; false when the source ends
  /// before or could not be read (`hasFailed`).
  mutating func load(_ offset: Int64, count: Int, isSearching: Bool) -> Bool {
    failure = nil
    let index = offset - start
    if index >= 0, index + Int64(count) <= filled { return true }
    return refill(offset, count: count, isSearching: isSearching)
  }

  private mutating func refill(_ offset: Int64, count: Int, isSearching: Bool) -> Bool {
    let index = offset - start
    if index >= 0, index <= filled {
      let moved = filled - Int(index)
      buffer.withUnsafeMutableBytes { bytes in
        let tail = UnsafeRawBufferPointer(rebasing: bytes[Int(index)..<filled])
        bytes.copyMemory(from: tail)
      }
      filled = moved
    } else {
      filled = 0
    }
    start = offset
    if count > buffer.count || isSearching { grow(toHold: count) }
    while filled < count {
      let room = min(Int64(buffer.count - filled), size - start - Int64(filled))
      guard room > 0 else { return false }
      do throws(Errno) {
        let range = filled..<(filled + Int(room))
        let count = try source.read(at: start + Int64(filled), into: &buffer, range: range)
        guard count > 0 else {
          // It has become shorter since its size was taken.
          size = start + Int64(filled)
          return false
        }
        filled += count
      } catch {
        failure = start + Int64(filled)
        return false
      }
    }
    return true
  }

  private mutating func grow(toHold count: Int) {
    let left = min(Int64(Self.maximumCapacity), max(size - start, 0))
    let wanted = max(count, Int(left))
    guard wanted > buffer.count else { return }
    buffer.append(contentsOf: repeatElement(0, count: wanted - buffer.count))
  }

  // MARK: Searching

  /// The first offset from `offset` on where a block of ours could begin, by its type and length;
  /// `size` when there is none. When reading fails it is where (`hasFailed`).
  mutating func nextCandidate(from offset: Int64) -> Int64 {
    failure = nil
    var offset = offset
    while size - offset >= Int64(SegmentFormat.minimumBlockSize) {
      guard load(offset, count: SegmentFormat.minimumBlockSize, isSearching: true) else {
        if hasFailed { return failure.map { max($0, offset) } ?? offset }
        continue
      }
      if let found = candidate(in: index(of: offset)..<(filled - 7)) {
        return start + Int64(found)
      }
      offset = start + Int64(filled - 7)
    }
    return size
  }

  private func candidate(in range: Range<Int>) -> Int? {
    buffer.withUnsafeBytes { bytes in
      for index in range {
        // The first byte decides nearly always; the lengths are little-endian and at most 1 MiB.
        switch bytes[index] {
        case 0x0A, 0x01, 0x06, 0x09: break
        default: continue
        }
        let type = bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian
        guard BlockType(rawValue: type) != nil else { continue }
        let length = bytes.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self).littleEndian
        if length >= SegmentFormat.minimumBlockSize, length <= SegmentFormat.maximumBlockSize,
          length & 3 == 0
        {
          return index
        }
      }
      return nil
    }
  }

  /// Whether the last four bytes from `offset` to the end are zero, as no block's are.
  mutating func endsInZeros(from offset: Int64) -> Bool {
    guard size - offset >= 4, load(size - 4, count: 4, isSearching: false) else { return false }
    return buffer.span.word(index(of: size - 4)) == 0
  }

  /// The first offset behind the last failure that can be read again; `size` when there is none.
  /// The steps double, since each try on a failing disk can take seconds.
  mutating func findReadable(after offset: Int64) -> Int64 {
    var position = max(failure ?? offset, offset)
    var step: Int64 = 4096
    while size - position > step {
      // A page is the least that a device fails.
      position = (position / 4096) * 4096 + step
      if load(position, count: 1, isSearching: false) { return position }
      guard hasFailed else { break }
      step = min(step * 2, 1 << 20)
    }
    return size
  }
}

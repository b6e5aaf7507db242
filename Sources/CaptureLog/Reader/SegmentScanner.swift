internal import SystemPackage

/// What a scanner comes upon. (Not nested in it: a type within a generic one costs a look-up at run
/// time wherever it is used.)
enum ScanItem: Equatable {
  /// Its bytes stay in the window until the next call.
  case block(Block, offset: Int64)
  /// A block of a type that is not ours, whose lengths agree. It is damage if a number is missing
  /// behind it.
  case foreign(offset: Int64, length: Int)
  case damage(CaptureDamage.Cause, offset: Int64, length: Int64)
}

/// What stands at an offset.
private enum ScanVerdict {
  case sound(BlockType, length: Int)
  case foreign(length: Int)
  /// The segment ends before the block does.
  case cut
  /// No sound block; the length is given when both its copies agree.
  case broken(CaptureDamage.Cause, length: Int?)
  case unreadable
}

/// Walks one segment block by block through a bounded window, and over damage to the next sound
/// block.
///
/// Work is bounded for hostile files: the search looks at each byte once, and the bytes it spends
/// on checksums that turn out wrong are limited to a multiple of the segment's size. Where that
/// runs out, the rest of the segment counts as damaged.
struct SegmentScanner<Source: ByteSource & ~Copyable>: ~Copyable {
  private var window: ScanWindow<Source>
  /// A live segment may end in the middle of the block that is being written.
  private let isGrowing: Bool
  /// Where the next block begins.
  private var offset: Int64 = 0
  /// Where the block last returned begins.
  private(set) var blockStart: Int64 = 0
  /// Bytes of blocks that looked like ours and were not; limited, see `limit`.
  private(set) var wasted: Int64 = 0
  /// How much may be wasted: far more than any honest file does, and a second of work at most for
  /// 64 MiB.
  let limit: Int64

  /// - Parameters:
  ///   - size: How much of the source is read; a source that ends before counts as cut there.
  ///   - window: Bytes read at once; grows to 2 MiB where blocks need it.
  init(_ source: consuming Source, size: Int64, isGrowing: Bool, window: Int) {
    self.isGrowing = isGrowing
    self.window = ScanWindow(source, size: size, capacity: window)
    limit = 8 * min(max(size, 0), 1 << 50) + (4 << 20)
  }

  func position() -> Int64 { offset }

  /// Where bytes of the block last returned stand in the window.
  func bytes(_ range: Range<Int>) -> (window: [UInt8], range: Range<Int>) {
    let start = window.index(of: blockStart)
    return (window.buffer, (start + range.lowerBound)..<(start + range.upperBound))
  }

  /// The next item, nil at the end.
  mutating func next() -> ScanItem? {
    guard offset < window.size else { return nil }
    blockStart = offset
    switch examine(offset, isSearching: false) {
    case .sound(let type, let length):
      offset += Int64(length)
      let start = window.index(of: blockStart)
      let bytes = window.buffer.span.extracting(start..<(start + length))
      if let block = BlockParser.parse(bytes, type: type) {
        return .block(block, offset: blockStart)
      }
      // Its checksum is right, so its length is: only this block is none of ours.
      return .damage(.garbage, offset: blockStart, length: Int64(length))
    case .foreign(let length):
      offset += Int64(length)
      return .foreign(offset: blockStart, length: length)
    case .cut where isGrowing: return nil
    case .cut: return skip(cause: .torn, length: nil)
    case .broken(let cause, let length): return skip(cause: cause, length: length)
    case .unreadable: return skipUnreadable()
    }
  }

  // MARK: Examining

  private mutating func examine(_ offset: Int64, isSearching: Bool) -> ScanVerdict {
    let left = window.size - offset
    guard window.load(offset, count: Int(min(left, 12)), isSearching: isSearching) else {
      return window.hasFailed ? .unreadable : .cut
    }
    guard left >= 12 else { return .cut }
    let start = window.index(of: offset)
    let type = BlockType(rawValue: window.buffer.span.word(start))
    if isSearching, type == nil { return .broken(.garbage, length: nil) }
    let length = Int(window.buffer.span.word(start + 4))
    guard length >= SegmentFormat.minimumBlockSize, length <= SegmentFormat.maximumBlockSize,
      length.isMultiple(of: 4)
    else { return .broken(.garbage, length: nil) }
    guard Int64(length) <= left else { return type == nil ? .broken(.garbage, length: nil) : .cut }
    guard window.load(offset, count: length, isSearching: isSearching) else {
      return window.hasFailed ? .unreadable : .cut
    }
    let verdict = inspect(offset, length: length, type: type)
    if type != nil, case .broken = verdict { wasted += Int64(length) }
    return verdict
  }

  /// Judges a block that is in the window.
  private func inspect(_ offset: Int64, length: Int, type: BlockType?) -> ScanVerdict {
    let start = window.index(of: offset)
    let block = window.buffer.span.extracting(start..<(start + length))
    guard Int(block.word(length - 4)) == length else {
      return .broken(type == nil ? .garbage : .checksum, length: nil)
    }
    guard let type else {
      // A block of ours whose type was damaged still ends in our checksum.
      return BlockParser.checksumField(block, type: nil) == nil
        ? .foreign(length: length) : .broken(.checksum, length: length)
    }
    return BlockParser.isSound(block, type: type)
      ? .sound(type, length: length) : .broken(.checksum, length: length)
  }

  // MARK: Skipping

  /// Finds where reading can go on, and reports what lies before.
  private mutating func skip(cause: CaptureDamage.Cause, length: Int?) -> ScanItem {
    let start = offset
    // Where both lengths agree, most likely only the inside is damaged. Looking behind it first
    // also keeps a packet that holds a block from being taken for one.
    if let length {
      let end = start + Int64(length)
      if end == window.size || isSound(end) {
        offset = end
        return .damage(cause, offset: start, length: Int64(length))
      }
    }
    var position = start + 1
    while wasted < limit {
      position = window.nextCandidate(from: position)
      guard position < window.size, !window.hasFailed else { break }
      if isSound(position) {
        offset = position
        return .damage(
          cause == .torn ? .garbage : cause, offset: start, length: position - start)
      }
      position += 1
    }
    if window.hasFailed, position > start, position < window.size {
      // What cannot be read is the next item's.
      offset = position
      return .damage(cause, offset: start, length: position - start)
    }
    offset = window.size
    // Zeros are what a power cut leaves of blocks whose place was allocated, not written.
    let isTorn = cause == .torn || window.endsInZeros(from: start)
    return .damage(isTorn ? .torn : cause, offset: start, length: window.size - start)
  }

  private mutating func isSound(_ offset: Int64) -> Bool {
    if case .sound = examine(offset, isSearching: true) { return true }
    return false
  }

  /// Steps over a range that the device does not give back.
  private mutating func skipUnreadable() -> ScanItem {
    let start = offset
    offset = window.findReadable(after: start)
    return .damage(.unreadable, offset: start, length: offset - start)
  }
}

internal import Synchronization
internal import SystemPackage
internal import TestSupport

@testable internal import CaptureLog

/// A segment in memory; some bytes may be unreadable, as on a failing disk.
struct MemorySource: ByteSource {
  var bytes: [UInt8]
  var unreadable = 0..<0
  var counter: ReadCounter?

  func read(
    at offset: Int64, into buffer: inout [UInt8], range: Range<Int>
  ) throws(Errno) -> Int {
    let start = Int(offset)
    guard start < bytes.count else { return 0 }
    defer { counter?.add(min(bytes.count - start, range.count)) }
    if unreadable.contains(start) { throw .ioError }
    var end = min(bytes.count, start + range.count)
    if start < unreadable.lowerBound { end = min(end, unreadable.lowerBound) }
    buffer.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target[range])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<end]))
      }
    }
    return end - start
  }
}

/// Counts the bytes that were asked for.
final class ReadCounter: Sendable {
  private let total = Mutex(0)
  var bytes: Int { total.withLock { $0 } }
  func add(_ count: Int) { total.withLock { $0 += count } }
}

/// A small segment in memory, and where its blocks are.
struct MemorySegment {
  struct Piece: Equatable {
    var number: UInt64
    var range: Range<Int>
    var isRecord: Bool
  }

  var bytes: [UInt8] = []
  private(set) var pieces: [Piece] = []
  private var next: UInt64

  init(first: UInt64 = 0, segment: UInt32 = 0) {
    next = first
    let header = SegmentHeader(session: CaptureFixture.session, segment: segment)
    add(BlockEncoder.sectionHeader(number: next, header: header), isRecord: false)
    add(BlockEncoder.interface(number: next, connection: 0), isRecord: false)
  }

  /// A segment of `packets` packets and an event after every fifth.
  init(packets: Int, sizes: ClosedRange<Int> = 60...180, seed: UInt64 = 3) throws {
    self.init()
    var random = SplitMix64(seed: seed)
    for index in 0..<packets {
      addPacket(random.bytes(Int.random(in: sizes, using: &random)), at: index)
      if index % 5 == 4 {
        try addEvent(SpeakingEvent(connection: 0, user: "7", ssrc: 9, speaking: 1), at: index)
      }
    }
  }

  mutating func add(_ block: [UInt8], isRecord: Bool) {
    pieces.append(
      Piece(number: next, range: bytes.count..<(bytes.count + block.count), isRecord: isRecord))
    bytes += block
    next &+= 1
  }

  mutating func addPacket(_ payload: [UInt8], at index: Int = 0) {
    let addresses = CaptureFixture.ipv4
    let size = BlockEncoder.packetSize(
      payload: payload.count, addresses: addresses, isOutbound: false)
    var block = [UInt8](repeating: 0xEE, count: size)
    var span = block.mutableSpan
    let written = BlockEncoder.encodePacket(
      number: next, time: CaptureFixture.time(index), connection: 0, addresses: addresses,
      isOutbound: false, payload: payload.span, into: &span)
    precondition(written == size)
    add(block, isRecord: true)
  }

  mutating func addEvent(_ payload: some CaptureEventPayload, at index: Int = 0) throws {
    let event = CaptureEvent(payload, time: CaptureFixture.time(index))
    add(try BlockEncoder.journal(number: next, event: event), isRecord: true)
  }
}

/// What was read of segments in memory: numbers of the records, and the damages.
struct MemoryReading: Equatable {
  var numbers: [UInt64] = []
  var damages: [CaptureDamage] = []

  init(
    _ segments: [[UInt8]], isGrowing: Bool = false, window: Int = 16 << 10,
    unreadable: Range<Int> = 0..<0, counter: ReadCounter? = nil
  ) {
    var reader = RecordReader<MemorySource>(window: window)
    for (index, bytes) in segments.enumerated() {
      let name = SegmentFormat.fileName(UInt32(index), isPart: false)
      reader.begin(
        MemorySource(bytes: bytes, unreadable: unreadable, counter: counter), name: name,
        size: Int64(bytes.count), isGrowing: isGrowing && index == segments.count - 1)
      while let record = reader.next() { add(record) }
    }
    if let record = reader.finish() { add(record) }
  }

  private mutating func add(_ record: CaptureRecord) {
    switch record {
    case .packet(let packet): numbers.append(packet.number)
    case .event(let event): numbers.append(event.number)
    case .damage(let damage): damages.append(damage)
    }
  }
}

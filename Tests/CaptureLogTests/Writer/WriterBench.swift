internal import FoundationEssentials
internal import SystemPackage
internal import TestSupport

@testable import CaptureLog

/// A writer without threads on a folder of its own: the test makes each round happen.
struct WriterBench {
  /// Nil where the caller has a folder: a bench that is killed could not remove its own.
  let scratch: TemporaryFolder?
  let folder: FilePath
  let clock: ManualClock
  let files: FaultyFiles
  let engine: WriterEngine

  init(
    options: WriterOptions = WriterOptions(), clock: ManualClock = ManualClock(),
    files: FaultyFiles = FaultyFiles(), folder: FilePath? = nil
  ) throws {
    if let folder {
      scratch = nil
      try files.makeFolder(folder)
      self.folder = folder
    } else {
      let own = try TemporaryFolder()
      scratch = own
      self.folder = own.path
    }
    self.clock = clock
    self.files = files
    var session = CaptureFixture.session
    session.startUnixNanoseconds = String(clock.read().realtime)
    try SessionFile.write(session, in: self.folder)
    engine = WriterEngine(
      folder: self.folder, session: session, start: WriterStart(), options: options, clock: clock,
      sessionClock: SessionClock(starting: clock.read(), bootID: clock.bootID), files: files)
    engine.intake.append(.connection(0, CaptureFixture.ipv4))
  }

  /// A datagram that begins with its number.
  static func datagram(_ number: UInt32, size: Int = 160) -> [UInt8] {
    (0..<max(4, size)).map { index in
      index < 4
        ? UInt8(truncatingIfNeeded: number >> UInt32(8 * index))
        : UInt8(truncatingIfNeeded: Int(number) &* 31 &+ index)
    }
  }

  @discardableResult
  func offer(_ number: UInt32, size: Int = 160) -> Bool {
    let bytes = Self.datagram(number, size: size)
    return engine.intake.append(
      bytes.span, connection: 0, kernelTime: clock.read().realtime, isOutbound: false)
  }

  func note(_ payload: some CaptureEventPayload) {
    engine.intake.append(.event(CaptureEvent(payload, time: engine.intake.now)))
  }

  /// Ends the writer as both threads would.
  func finish(reason: String = "finished") -> CaptureError? {
    engine.requestFinish(reason: reason)
    while engine.pump() != .stopped {}
    _ = engine.syncer.synchronize()
    return engine.finalError
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.string)
      .filter { $0.hasPrefix("segment-") }.sorted()
  }

  func content() throws -> CaptureContent { try CaptureContent(reading: folder) }
}

/// What a reader finds in a capture, with the datagrams checked against their numbers.
struct CaptureContent {
  var isComplete = false
  /// The numbers of ``WriterBench/datagram(_:size:)``.
  var datagrams: [UInt32] = []
  var packets: [PacketRecord] = []
  var events: [CaptureEvent] = []
  var damages: [CaptureDamage] = []
  /// Running numbers in file order.
  var numbers: [UInt64] = []

  init(reading folder: FilePath) throws {
    var reader = try CaptureReader(opening: folder)
    isComplete = reader.isComplete
    while let record = try reader.next() {
      switch record {
      case .packet(let packet):
        packets.append(packet)
        numbers.append(packet.number)
        let number: UInt32? = reader.withPayload { bytes in
          guard bytes.count >= 4 else { return nil }
          let number = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[$1]) << UInt32(8 * $1) }
          let expected = WriterBench.datagram(number, size: bytes.count)
          return expected.indices.allSatisfy { expected[$0] == bytes[$0] } ? number : nil
        }
        datagrams.append(number ?? .max)
      case .event(let event):
        events.append(event)
        numbers.append(event.number)
      case .damage(let damage): damages.append(damage)
      }
    }
  }

  func payloads<Payload: CaptureEventPayload>(_ type: Payload.Type) -> [Payload] {
    events.compactMap { $0.payload(type) }
  }

  var numbersIncrease: Bool { zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 } }
  var ends: [String] { payloads(SegmentEndEvent.self).map(\.reason) }
  func drops(_ place: String) -> UInt64 {
    payloads(DropsEvent.self).filter { $0.where == place }.reduce(0) { $0 + $1.packets }
  }
}

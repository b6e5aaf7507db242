public import SystemPackage

/// Writes a capture synchronously, with times the caller gives: for imports, recovery, synthesis.
///
/// What is appended is on disk after ``finish(reason:)``; a builder that is dropped without it leaves
/// a `.part` segment behind, like a recorder that was killed.
public struct CaptureBuilder: ~Copyable {
  /// Size at which a segment is closed and the next one begun, unless another is given.
  public static let defaultSegmentBytes: Int64 = 64 << 20

  /// The capture's folder.
  public let folder: FilePath
  private let session: SessionInfo
  private let segmentBytes: Int64
  private let synchronizes: Bool
  private let files: SystemFileOperations

  /// Running number of the next block.
  private var nextNumber: UInt64
  private var segmentNumber: UInt32 = 0
  private var segment: SegmentFile
  /// Addresses by connection number; nil where only the interface is declared.
  private var connections: [DatagramAddresses?] = []
  /// The latest time appended: that of the event which ends a segment.
  private var lastTime: Int64

  /// Makes the folder (0700; an empty one is taken as it is) with `session.json` and the first
  /// segment.
  ///
  /// - Parameters:
  ///   - folder: The folder to make.
  ///   - session: What `session.json` says.
  ///   - segmentBytes: Size at which a segment ends.
  ///   - synchronizes: Whether segments are synced to the medium when they end; tests do without.
  /// - Throws: `.exists` when the folder is not empty, `.noSpace`, `.notPermitted`, `.io`.
  public init(
    creating folder: FilePath, session: SessionInfo,
    segmentBytes: Int64 = CaptureBuilder.defaultSegmentBytes, synchronizes: Bool = true
  ) throws(CaptureError) {
    let files = SystemFileOperations()
    try CaptureFolder.makeEmpty(folder, files: files)
    try SessionFile.write(session, in: folder, files: files)
    var first = try SegmentFile(creating: 0, in: folder, files: files)
    first.append(
      BlockEncoder.sectionHeader(number: 0, header: SegmentHeader(session: session, segment: 0)))
    self.folder = folder
    self.session = session
    self.segmentBytes = segmentBytes
    self.synchronizes = synchronizes
    self.files = files
    lastTime = max(0, Int64(session.startUnixNanoseconds) ?? 0)
    segment = first
    nextNumber = 1
  }

  /// Declares a connection (and, as interface ids count from 0, those below it).
  ///
  /// - Throws: `.invalid` when the number is above 65,535 or declared with other addresses.
  public mutating func addConnection(
    _ number: UInt32, addresses: DatagramAddresses
  ) throws(CaptureError) {
    try declare(number)
    if let known = connections[Int(number)], known != addresses {
      throw CaptureError(.invalid, "connection \(number) has other addresses already")
    }
    connections[Int(number)] = addresses
  }

  /// Appends a datagram.
  ///
  /// - Parameters:
  ///   - packet: The UDP payload, at most 65,507 bytes.
  ///   - connection: The number of a connection that was added.
  ///   - time: Nanoseconds since the Unix epoch on the session clock.
  ///   - isOutbound: True for what the recorder sent.
  /// - Throws: `.invalid` for an undeclared connection, a longer packet or a time before 1970.
  public mutating func append(
    packet: Span<UInt8>, connection: UInt32, time: Int64, isOutbound: Bool = false
  ) throws(CaptureError) {
    guard connection < connections.count, let addresses = connections[Int(connection)] else {
      throw CaptureError(.invalid, "connection \(connection) was not added to the capture")
    }
    guard packet.count <= SegmentFormat.maximumPayload, time >= 0 else {
      throw CaptureError(
        .invalid, "a packet has \(packet.count) bytes at \(time) ns, which no capture can hold")
    }
    let size = BlockEncoder.packetSize(
      payload: packet.count, addresses: addresses, isOutbound: isOutbound)
    try makeRoom(size)
    lastTime = max(lastTime, time)
    segment.reserve(size) { output in
      _ = BlockEncoder.encodePacket(
        number: nextNumber, time: time, connection: connection, addresses: addresses,
        isOutbound: isOutbound, payload: packet, into: &output)
    }
    nextNumber += 1
  }

  /// Appends a datagram that has its IP and UDP headers already (recovery).
  mutating func append(
    datagram: Span<UInt8>, connection: UInt32, time: Int64, isOutbound: Bool
  ) throws(CaptureError) {
    try declare(connection)
    let size = BlockEncoder.packetSize(datagram: datagram.count, isOutbound: isOutbound)
    try makeRoom(size)
    lastTime = max(lastTime, time)
    segment.reserve(size) { output in
      _ = BlockEncoder.encodePacket(
        number: nextNumber, time: time, connection: connection, isOutbound: isOutbound,
        datagram: datagram, into: &output)
    }
    nextNumber += 1
  }

  /// Appends an event; its running number is given by the builder.
  ///
  /// - Throws: `.invalid` when it does not fit a block of 1 MiB.
  public mutating func append(_ event: CaptureEvent) throws(CaptureError) {
    let size = try BlockEncoder.journal(number: nextNumber, event: event).count
    try makeRoom(size)
    // Encoded anew since a segment that began above took numbers.
    let block = try BlockEncoder.journal(number: nextNumber, event: event)
    lastTime = max(lastTime, event.time)
    try appendBlock(block)
  }

  /// Ends the last segment with a `segment_end` event, so that the capture is complete, and syncs.
  public consuming func finish(reason: String = "finished") throws(CaptureError) {
    try endSegment(reason: reason)
    guard synchronizes else { return }
    do throws(Errno) { try files.synchronizeFolder(folder) } catch {
      throw CaptureError(error, "cannot sync \(folder)")
    }
  }

  // MARK: Segments

  private mutating func declare(_ number: UInt32) throws(CaptureError) {
    guard number <= SegmentFormat.maximumConnection else {
      throw CaptureError(.invalid, "connection \(number) is out of range (at most 65535)")
    }
    while connections.count <= number {
      let connection = UInt32(connections.count)
      try appendBlock(BlockEncoder.interface(number: nextNumber, connection: connection))
      connections.append(nil)
    }
  }

  private mutating func appendBlock(_ block: [UInt8]) throws(CaptureError) {
    try segment.flush(toMakeRoomFor: block.count)
    segment.append(block)
    nextNumber += 1
  }

  /// Begins another segment when the block would not fit this one, and empties the buffer if need
  /// be.
  private mutating func makeRoom(_ size: Int) throws(CaptureError) {
    if segment.hasRecords, segment.size + Int64(size) > segmentBytes {
      try endSegment(reason: "rotation")
      guard segmentNumber < UInt32.max else {
        throw CaptureError(.invalid, "the capture has too many segments")
      }
      segmentNumber += 1
      segment = try SegmentFile(creating: segmentNumber, in: folder, files: files)
      try beginSegment()
    }
    segment.hasRecords = true
    try segment.flush(toMakeRoomFor: size)
  }

  private mutating func beginSegment() throws(CaptureError) {
    let header = SegmentHeader(session: session, segment: segmentNumber)
    try appendBlock(BlockEncoder.sectionHeader(number: nextNumber, header: header))
    for connection in connections.indices {
      try appendBlock(BlockEncoder.interface(number: nextNumber, connection: UInt32(connection)))
    }
  }

  private mutating func endSegment(reason: String) throws(CaptureError) {
    let event = CaptureEvent(SegmentEndEvent(reason: reason), time: lastTime)
    try appendBlock(BlockEncoder.journal(number: nextNumber, event: event))
    try segment.close(synchronizes: synchronizes)
  }
}

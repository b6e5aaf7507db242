internal import Synchronization
public import SystemPackage
internal import Threads

/// Writes a capture while it happens.
///
/// Datagrams and events are taken from any thread without waiting for the disk: a fixed ring, a
/// thread that writes within 20 ms, and a thread that syncs once a second lie between. A failed
/// write or sync ends the segment and another is begun; what could not be stored is counted
/// (``status``) and noted in the capture.
///
/// ```swift
/// let writer = try CaptureWriter.create(in: captures, session: session)
/// try writer.addConnection(0, addresses: addresses)
/// writer.append(packet: datagram.span, connection: 0, kernelTime: stamp)
/// writer.append(SpeakingEvent(connection: 0, user: id, ssrc: ssrc, speaking: 1))
/// try writer.finish(reason: "finished")
/// ```
///
/// A writer that is dropped without ``finish(reason:)`` leaves its segment as a killed process
/// would: `.part`, with all that was written.
public final class CaptureWriter: Sendable {
  /// The capture's folder.
  public let folder: FilePath
  /// As it stands in `session.json`.
  public let session: SessionInfo
  /// The first connection number that the capture does not use yet; 0 in a new one.
  public let nextConnection: UInt32
  private let engine: WriterEngine
  private let writerThread: JoinableThread
  private let syncThread: JoinableThread
  private let lock: Mutex<CaptureLock?>

  /// Begins a capture in the folder `parent/<session id>`, which must not exist.
  ///
  /// The session clock is set to the wall clock; boot id and boot time are put into `session`.
  ///
  /// - Throws: `.exists`, `.noSpace` below the floor, `.notFound` when there is no `parent`,
  ///   `.notPermitted`, `.io`.
  public static func create(
    in parent: FilePath, session: SessionInfo, options: WriterOptions = WriterOptions()
  ) throws(CaptureError) -> CaptureWriter {
    try create(
      in: parent, session: session, options: options, clock: SystemCaptureClock(),
      files: SystemFileOperations())
  }

  /// The same with a clock and a file system of the caller.
  package static func create(
    in parent: FilePath, session: SessionInfo, options: WriterOptions = WriterOptions(),
    clock: any CaptureClock, files: any FileOperations
  ) throws(CaptureError) -> CaptureWriter {
    let folder = parent.appending(session.id)
    try checkFree(at: parent, options: options, files: files)
    do throws(Errno) { try files.makeFolder(folder) } catch {
      throw CaptureError(error, "cannot make \(folder)")
    }
    let lock = try CaptureLock(locking: folder)
    let reading = clock.read()
    let sessionClock = SessionClock(starting: reading, bootID: clock.bootID)
    var session = session
    session.bootID = clock.bootID
    let start = Int64(session.startUnixNanoseconds) ?? reading.realtime
    session.startBoottimeNanoseconds = String(start &- sessionClock.origin)
    try SessionFile.write(session, in: folder, files: files)
    // Or a power cut could take the whole folder.
    do throws(Errno) { try files.synchronizeFolder(parent) } catch {
      throw CaptureError(error, "cannot sync \(parent)")
    }
    return try CaptureWriter(
      folder: folder, session: session, start: WriterStart(), options: options, clock: clock,
      sessionClock: sessionClock, files: files, lock: lock)
  }

  init(
    folder: FilePath, session: SessionInfo, start: WriterStart, options: WriterOptions,
    clock: any CaptureClock, sessionClock: SessionClock, files: any FileOperations,
    lock: CaptureLock
  ) throws(CaptureError) {
    let engine = WriterEngine(
      folder: folder, session: session, start: start, options: options, clock: clock,
      sessionClock: sessionClock, files: files)
    // The first segment is begun here, so that whoever cannot record learns it at once.
    engine.pump()
    if let error = engine.status.currentError {
      engine.syncer.abandon()
      throw error
    }
    engine.syncer.readFreeSpace()
    self.folder = folder
    self.session = session
    self.engine = engine
    nextConnection = start.connections
    do throws(ThreadError) {
      writerThread = try JoinableThread { engine.runWriter() }
    } catch {
      engine.syncer.abandon()
      throw CaptureError(error)
    }
    do throws(ThreadError) {
      syncThread = try JoinableThread { engine.runSyncer() }
    } catch {
      engine.abandon()
      writerThread.join()
      engine.syncer.abandon()
      throw CaptureError(error)
    }
    self.lock = Mutex(lock)
  }

  deinit {
    guard lock.withLock({ $0 }) != nil else { return }
    engine.abandon()
    writerThread.join()
    syncThread.join()
    engine.syncer.abandon()
  }

  /// Throws `.noSpace` before anything is made, when too little is free to begin.
  static func checkFree(
    at path: FilePath, options: WriterOptions, files: any FileOperations
  ) throws(CaptureError) {
    let free: Int64
    do throws(Errno) { free = try files.freeBytes(at: path) } catch {
      throw CaptureError(error, "cannot tell the free space of \(path)")
    }
    guard free >= options.freeSpaceFloor else {
      throw CaptureError(
        .noSpace, "only \(free) bytes are free at \(path), the floor is \(options.freeSpaceFloor)")
    }
  }

  // MARK: Recording

  /// Tells the addresses of a connection, before its first packet.
  ///
  /// - Throws: `.invalid` when the number is above 65,535.
  public func addConnection(
    _ number: UInt32, addresses: DatagramAddresses
  ) throws(CaptureError) {
    guard number <= SegmentFormat.maximumConnection else {
      throw CaptureError(.invalid, "connection \(number) is out of range (at most 65535)")
    }
    engine.intake.append(.connection(number, addresses))
  }

  /// Takes a datagram. For the receive thread: no allocation, no waiting for the disk.
  ///
  /// - Parameters:
  ///   - packet: the UDP payload, at most 65,507 bytes.
  ///   - connection: the number of a connection that was added.
  ///   - kernelTime: the kernel's receive stamp (CLOCK_REALTIME, nanoseconds since the Unix
  ///     epoch); nil: now.
  ///   - isOutbound: true for what the recorder sent.
  /// - Returns: false when it was dropped, which is counted and noted in the capture.
  @discardableResult
  public func append(
    packet: Span<UInt8>, connection: UInt32, kernelTime: Int64?, isOutbound: Bool = false
  ) -> Bool {
    engine.intake.append(
      packet, connection: connection, kernelTime: kernelTime, isOutbound: isOutbound)
  }

  /// Notes an event that happened now, behind the packets taken so far.
  ///
  /// - Returns: false when the queue of events is full, which is counted.
  @discardableResult
  public func append(_ payload: some CaptureEventPayload) -> Bool {
    append(CaptureEvent(payload, time: engine.intake.now))
  }

  /// The same of an event that has its time.
  @discardableResult
  public func append(_ event: CaptureEvent) -> Bool {
    engine.intake.append(.event(event))
  }

  /// Session time now, nanoseconds since the Unix epoch.
  public var now: Int64 { engine.intake.now }

  /// Counters and what is wrong, for metrics and alerts.
  public var status: WriterStatus { engine.status }

  /// Ends the segment and begins another, soon.
  public func rotate() {
    engine.requestRotation()
  }

  /// Writes what was taken so far; returns when the system has it. Waits for the disk, but not
  /// for a sync.
  package func flush() {
    engine.pump()
  }

  /// Writes and syncs what was taken, ends the last segment with `reason` and gives up the lock.
  /// Calls after the first do nothing. Waits for the disk, for ever if that hangs.
  ///
  /// - Throws: what was wrong at the end: then the last packets may not be stored, and
  ///   ``status`` says how many are not.
  public func finish(reason: String = "finished") throws(CaptureError) {
    let held = lock.withLock { lock in
      defer { lock = nil }
      return lock
    }
    guard let held else { return }
    engine.requestFinish(reason: reason)
    writerThread.join()
    syncThread.join()
    withExtendedLifetime(held) {}
    if let error = engine.finalError { throw error }
  }
}

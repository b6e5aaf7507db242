public import SystemPackage

extension CaptureWriter {
  /// Goes on with a capture whose recorder ended or died, in a segment of its own.
  ///
  /// On the same boot the session clock goes on; after a reboot the wall clock bridges, flagged in
  /// the `clock` events. What the capture holds is not touched; a torn segment keeps its `.part`.
  ///
  /// - Parameter recipients: Ids of the keys that what follows is sealed to; those that are new stand
  ///   in `session.json` before anything is.
  /// - Throws: `.notFound`, `.invalid`, `.unsupportedVersion` when there is no capture to go on
  ///   with, `.locked` while another process records it, `.noSpace`, `.notPermitted`, `.io`.
  public static func resume(
    _ folder: FilePath, recipients: [String] = [], options: WriterOptions = WriterOptions()
  ) throws(CaptureError) -> CaptureWriter {
    try resume(
      folder, recipients: recipients, options: options, clock: SystemCaptureClock(),
      files: SystemFileOperations())
  }

  /// The same with a clock and a file system of the caller.
  package static func resume(
    _ folder: FilePath, recipients: [String] = [], options: WriterOptions = WriterOptions(),
    clock: any CaptureClock, files: any FileOperations
  ) throws(CaptureError) -> CaptureWriter {
    // Before the lock, whose file must not be made in a folder that is no capture.
    var session = try CaptureExtent(of: folder).session
    let lock = try CaptureLock(locking: folder)
    try checkFree(at: folder, options: options, files: files)
    let point = try ResumePoint(in: folder, session: session)
    let sessionClock = SessionClock.resuming(
      known: point.clocks, lastTime: point.lastTime, reading: clock.read(), bootID: clock.bootID)
    let known = session.recipients
    session.recipients += recipients.filter { !known.contains($0) }
    if session.recipients != known { try SessionFile.write(session, in: folder, files: files) }
    return try CaptureWriter(
      folder: folder, session: session, start: point.start, options: options, clock: clock,
      sessionClock: sessionClock, files: files, lock: lock)
  }
}

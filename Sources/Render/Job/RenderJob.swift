public import CaptureLog
public import SystemPackage

/// One render: a capture in, a folder with a track per speaker and a manifest out.
///
/// ```swift
/// let keys = try OperatorKeyStore.standard().privateKeys()
/// var options = RenderOptions()
/// options.loudness = true
/// let job = RenderJob(
///   capture: "captures/20261124T090002Z-41-42", output: "renders/20261124T090002Z-41-42",
///   keys: keys, options: options)
/// let manifest = try job.run().manifest
/// for speaker in manifest.speakers {
///   print(speaker.names.display ?? speaker.id, speaker.file, speaker.segments.count)
/// }
/// ```
///
/// The result depends on the capture and the options only: the same bytes on every machine and with
/// any number of jobs. The folder appears whole, by one rename, or not at all; a folder that holds the
/// same render already is left as it is.
public struct RenderJob: Sendable {
  /// The capture's folder.
  public var capture: FilePath
  /// The folder to make: new, or empty.
  public var output: FilePath
  /// Operator keys that may open the capture's key log.
  public var keys: [OperatorKey]
  public var options: RenderOptions

  public init(
    capture: FilePath, output: FilePath, keys: [OperatorKey] = [],
    options: RenderOptions = RenderOptions()
  ) {
    self.capture = capture
    self.output = output
    self.keys = keys
    self.options = options
  }

  /// Renders; blocks until it is done.
  ///
  /// - Parameters:
  ///   - cancellation: Stops the render from another thread.
  ///   - progress: Called from the render's threads.
  /// - Throws: ``RenderError``; nothing is left behind then.
  public func run(
    cancellation: RenderCancellation = RenderCancellation(),
    progress: (@Sendable (RenderProgress) -> Void)? = nil
  ) throws(RenderError) -> RenderOutcome {
    guard RenderOptions.sampleRates.contains(options.sampleRate) else {
      throw RenderError(.usage, "a sample rate must be between 8000 and 48000")
    }
    guard
      options.resampler != .decoder || RenderOptions.decoderRates.contains(options.sampleRate)
    else {
      throw RenderError(.usage, "the decoder cannot make \(options.sampleRate) samples a second")
    }
    let parametersDigest = try options.parameters.sha256()
    var captureDigest = try Self.capturing { () throws(CaptureError) in
      if !options.partial, CaptureLock.isHeld(in: capture) {
        throw CaptureError(
          .locked, "\(capture) is still being written: render it later, or with --partial")
      }
      return try CaptureDigest.digest(of: capture)
    }
    let folder = OutputFolder(path: output.lexicallyNormalized())
    let plan = try folder.plan(
      captureID: (try? CaptureSession.read(capture))?.id, captureDigest: captureDigest,
      parametersDigest: parametersDigest, force: options.force)
    if plan == .skip { return .alreadyDone(try Manifest(contentsOf: output)) }

    let sessionKeys = try Self.capturing { () throws(CaptureError) in
      try SessionKeys(capture: capture, keys: keys)
    }
    progress?(RenderProgress(phase: .survey, fraction: 0))
    var survey = try Self.any {
      try RenderEngine.survey(
        capture: capture, keys: sessionKeys.opened, cancellation: cancellation)
    }
    try sessionKeys.checkTransport(survey, capture: capture)
    survey = try Self.any {
      try RenderEngine.learnSpeakers(
        survey, capture: capture, keys: RenderKeys(sessionKeys.opened, survey: survey),
        cancellation: cancellation)
    }
    if options.partial {
      // The log has grown since; the digest is of what is rendered.
      captureDigest = try Self.capturing { () throws(CaptureError) in
        try CaptureDigest.digest(of: capture, extent: survey.extent)
      }
    }
    let range = try RenderRange(options: options, zero: survey.zero, end: survey.end)
    let pending = try PendingFolder.make(for: folder.path, cancellation: cancellation)
    let run = RenderRun(
      job: self, survey: survey, range: range, keys: sessionKeys, folder: pending.path,
      cancellation: cancellation, progress: progress)
    let manifest = try run.write(
      captureDigest: captureDigest, parametersDigest: parametersDigest)
    progress?(RenderProgress(phase: .commit, fraction: 0))
    try pending.commit(plan)
    progress?(RenderProgress(phase: .commit, fraction: 1))
    return .rendered(manifest)
  }

  private static func capturing<R>(
    _ body: () throws(CaptureError) -> R
  ) throws(RenderError) -> R {
    do {
      return try body()
    } catch {
      throw RenderError(error)
    }
  }

  /// Runs what may throw anything, with errors as ``RenderError``.
  static func any<R>(_ body: () throws -> R) throws(RenderError) -> R {
    do {
      return try body()
    } catch let error as RenderError {
      throw error
    } catch let error as CaptureError {
      throw RenderError(error)
    } catch {
      throw RenderError(.defect, "\(error)")
    }
  }
}

internal import CaptureLog
internal import DiscordREST
internal import SystemPackage

/// Where a recording is written to.
extension Recorder {
  /// Begins a capture, or goes on with one.
  func makeWriter(
    _ options: RecordingOptions, _ place: Place
  ) async throws -> CaptureWriter {
    if let capture = options.resume { return try resume(capture, options) }
    var attempts = 0
    while true {
      let start = surroundings.captureClock.read().realtime
      let session = SessionInfo(
        id: Self.captureID(options, start: start), guildID: options.guild.description,
        guildName: place.guildName, channelID: options.channel.description,
        channelName: place.channelName,
        start: UTCTime.text(unixNanoseconds: start, fractionDigits: 0),
        startUnixNanoseconds: start, build: "tapedeck \(toolVersion)",
        recipients: options.recipients.map(\.id), retention: options.retention,
        source: client.isLoopback ? "simulated" : "discord")
      do throws(CaptureError) {
        return try CaptureWriter.create(
          in: options.captures, session: session, options: options.writer,
          clock: surroundings.captureClock, files: surroundings.files)
      } catch {
        attempts += 1
        guard error.code == .exists, attempts < 4 else { throw RecorderError(error) }
      }
      // Another one of the same second.
      try await surroundings.clock.sleep(for: .seconds(1))
    }
  }

  private func resume(
    _ capture: FilePath, _ options: RecordingOptions
  ) throws(RecorderError) -> CaptureWriter {
    do throws(CaptureError) {
      let session = try CaptureSession.read(capture)
      guard session.guildID == options.guild.description else {
        throw CaptureError(
          .invalid, "\(capture) is of guild \(session.guildID), not of \(options.guild)")
      }
      return try CaptureWriter.resume(
        capture, recipients: options.recipients.map(\.id), options: options.writer,
        clock: surroundings.captureClock,
        files: surroundings.files)
    } catch {
      throw RecorderError(error)
    }
  }

  /// What to tell of a capture that goes on with other keys than it began with: each part opens by
  /// its own; nil: nothing.
  ///
  /// - Parameter before: Ids of the keys so far.
  static func recipientChange(
    _ before: [String], _ now: [OperatorPublicKey]
  ) -> String? {
    let added = now.map(\.id).filter { !before.contains($0) }
    let gone = before.filter { id in !now.contains { $0.id == id } }
    var parts: [String] = []
    if !added.isEmpty {
      parts.append(
        "what was recorded before does not open with \(added.joined(separator: ", ")) "
          + "(tapedeck keys reseal changes that)")
    }
    if !gone.isEmpty {
      parts.append(
        "what is recorded from now on does not open with \(gone.joined(separator: ", "))")
    }
    return parts.isEmpty
      ? nil : "the capture goes on with other keys: " + parts.joined(separator: "; ")
  }

  /// `20261124T090002Z-<guild id>-<channel id>`.
  static func captureID(_ options: RecordingOptions, start: Int64) -> String {
    let time = UTCTime.text(unixNanoseconds: start, fractionDigits: 0)
      .filter { $0 != "-" && $0 != ":" }
    return "\(time)-\(options.guild)-\(options.channel)"
  }

  func mapped<Value>(_ body: () throws(CaptureError) -> Value) throws(RecorderError) -> Value {
    do throws(CaptureError) { return try body() } catch { throw RecorderError(error) }
  }
}

extension RecorderError {
  init(_ error: CaptureError) {
    let code: Code =
      switch error.code {
      case .notFound, .noKey: .notFound
      case .locked: .busy
      case .notPermitted: .notPermitted
      case .invalid, .unsupportedVersion, .badKey, .exists: .usage
      case .noSpace, .io, .cancelled: .temporary
      }
    self.init(code, error.message)
  }

  init(_ error: DiscordError, _ what: String) {
    let code: Code =
      switch error.kind {
      case .notFound: .notFound
      case .forbidden, .unauthorized, .notPermitted: .notPermitted
      default: .temporary
      }
    self.init(code, "\(what): \(error)")
  }
}

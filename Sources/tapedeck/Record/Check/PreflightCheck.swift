internal import Audio
internal import CaptureLog
internal import DiscordREST
internal import FoundationEssentials
internal import Glibc
internal import JSONValues
internal import Recorder
internal import Render
internal import SystemPackage

/// `--check`: records for some seconds, opens and decodes that, and removes it again.
struct PreflightCheck: Sendable {
  let recorder: Recorder
  let options: RecordingOptions
  let length: TimeLength
  let reporter: StatusReporter

  func run() async throws {
    // Below the captures, since that disk is what is to be tried; with a key that nobody else has.
    let folder = options.captures.appending(".check-\(getpid())")
    try CaptureFolders.make(folder)
    Interruption.current?.setLastWords { Self.remove(folder) }
    defer {
      Self.remove(folder)
      Interruption.current?.setLastWords(nil)
    }
    let key = try OperatorKey.generate(name: "check")
    var options = options
    // A check that is killed leaves its folder to nobody, and the name to the next recording.
    options.nicknameFolder = options.nicknameFolder ?? options.captures
    options.captures = folder
    options.recipients = [key.publicKey]
    let recording = try await recorder.start(options)
    let capture = recording.folder.lastComponent?.string ?? ""
    reporter.report(.start, capture: capture, ["phase": "check"])
    reporter.say("listening for \(ClockText.duration(Double(length.nanoseconds) / 1e9))")
    var alerts: [String] = []
    let updates = Task {
      var seen: [String] = []
      for await update in recording.updates {
        if case .alert(let alert) = update { seen.append(alert.message) }
      }
      return seen
    }
    try? await Task.sleep(for: length.duration)
    // Not cancelled with this task: the bot must leave whatever happens.
    let end = await Task { await recording.stop(reason: "check") }.value
    alerts = await updates.value
    try Task.checkCancellation()
    guard end.exitCode == 0 else {
      throw CommandFailure(ExitStatus(rawValue: end.exitCode) ?? .software, end.message)
    }
    let result = try result(end, [key], folder.appending("tracks"), alerts)
    for line in result.lines { reporter.say(line) }
    var fields = result.fields
    fields["exit"] = .integer(Int64(result.status.rawValue))
    reporter.report(result.status == .done ? .done : .error, capture: capture, fields)
    if result.status != .done {
      throw CommandFailure(result.status, "", label: RecordCommand.reported)
    }
  }

  private func result(
    _ end: RecordingEnd, _ keys: [OperatorKey], _ output: FilePath, _ alerts: [String]
  ) throws -> CheckResult {
    let manifest = try RenderJob(capture: end.capture, output: output, keys: keys).run().manifest
    let people = end.status.speakers
    let speakers = manifest.speakers.map { speaker in
      let name = people.first { $0.id.description == speaker.userID }?.name
      return CheckResult.Speaker(
        name: name ?? speaker.userID ?? speaker.id, userID: speaker.userID ?? speaker.id,
        packets: speaker.packets.captured, decoded: speaker.packets.placed,
        unopened: speaker.packets.undecryptable.total, lost: speaker.frames.lost,
        level: Self.level(output.appending(speaker.file), speaker))
    }
    let heard = Set(speakers.map(\.userID))
    return CheckResult(
      speakers: speakers,
      silent: people.filter { $0.isPresent && !heard.contains($0.id.description) }.map(\.name),
      packets: Int64(clamping: end.status.packets), alerts: alerts)
  }

  /// Mean power while they talked.
  private static func level(_ track: FilePath, _ speaker: Manifest.Speaker) -> Double? {
    guard speaker.speechSamples > 0, let (samples, _) = try? AudioFileReader.readAll(track)
    else { return nil }
    let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard power > 0 else { return nil }
    return 10 * log10(power / Double(speaker.speechSamples))
  }

  private static func remove(_ folder: FilePath) {
    try? FileManager.default.removeItem(atPath: folder.string)
  }
}

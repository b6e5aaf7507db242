internal import ArgumentParser
internal import CaptureImport
internal import CaptureLog
internal import JSONValues
internal import Render
internal import SystemPackage

/// `tapedeck import`: recordings of other programs become captures.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a capture of a recording that is not ours.",
    discussion: """
      FILE is a Janus recording (.mjr) of Opus audio, or a pcap or pcapng file with plain Opus RTP \
      (Ethernet, raw IP, Linux cooked or loopback). Each SSRC becomes a track named ssrc-<n>. The \
      capture is not encrypted at rest and needs no key; nothing else differs from a recording, so \
      that render, inspect, verify and recover work on it.

      Which payload types are Opus, RTP does not say. Of a Janus recording all packets are taken; of \
      a network those of dynamic payload types (96 to 127) whose packets have the structure of Opus \
      and whose timestamps advance by what the packets say they last. --payload-type decides \
      otherwise.
      """)

  @Argument(help: ArgumentHelp("The recording.", valueName: "file"))
  var file: String

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "The capture folder to make; its name becomes the capture's id.", valueName: "capture"))
  var folder: String

  @Option(
    name: .customLong("payload-type"),
    help: ArgumentHelp("An RTP payload type that is Opus (repeatable).", valueName: "0-127"))
  var payloadTypes: [UInt8] = []

  @Option(
    name: .customLong("port"),
    help: ArgumentHelp("A UDP port to take, of either end (repeatable).", valueName: "port"))
  var ports: [UInt16] = []

  @Option(
    help: ArgumentHelp(
      "When the first packet arrived (ISO 8601); by default as the recording says.",
      valueName: "time"))
  var start: String?

  @Option(
    name: .customLong("status"),
    help: ArgumentHelp("Print one status object a line on standard output.", valueName: "json"))
  var status: StatusFormat?

  func validate() throws {
    guard payloadTypes.allSatisfy({ $0 < 128 }) else {
      throw ValidationError("--payload-type is 0 to 127")
    }
    guard start.map({ UTCTime.unixNanoseconds(parsing: $0) != nil }) ?? true else {
      throw ValidationError("--start is no time such as 2026-11-24T09:00:02Z")
    }
  }

  func run() throws {
    let cancellation = CaptureCancellation()
    try SignalWatch.start(cancellation)
    let reporter = StatusReporter(format: status)
    let destination = FilePath(folder)
    let id = destination.lastComponent?.string
    reporter.report(.start, capture: id, ["file": .string(file)])
    do {
      let report = try CaptureImporter.run(
        FilePath(file), to: destination,
        options: ImportOptions(
          payloadTypes: payloadTypes.isEmpty ? nil : Set(payloadTypes),
          ports: ports.isEmpty ? nil : Set(ports),
          start: start.flatMap { UTCTime.unixNanoseconds(parsing: $0) }),
        cancellation: cancellation,
        progress: { fraction in
          reporter.progress(fraction, capture: id ?? "", label: "import")
        })
      reporter.endProgress()
      tell(report, to: reporter)
    } catch {
      reporter.endProgress()
      let failure = CommandFailure(error) ?? CommandFailure(.software, "\(error)")
      reporter.report(
        .error, capture: id,
        ["message": .string(failure.message), "exit": .integer(Int64(failure.status.rawValue))])
      throw failure
    }
  }

  private func tell(_ report: ImportReport, to reporter: StatusReporter) {
    for warning in report.warnings {
      reporter.report(
        .warning, capture: report.captureID,
        ["code": .string(warning.code), "message": .string(warning.message)])
      reporter.say("warning: \(warning.message)")
    }
    let seconds = Double(report.nanoseconds / 10_000_000) / 100
    let counts = report.counts
    reporter.say(
      "\(report.format.rawValue): \(counts.rtp) Opus packets of "
        + "\(report.streams.count == 1 ? "one stream" : "\(report.streams.count) streams"), "
        + "\(seconds) s, from \(UTCTime.text(unixNanoseconds: report.start)); "
        + "\(counts.otherRTP) other RTP packets and \(counts.notRTP) other datagrams left out")
    let streams = report.streams.map { stream -> JSONValue in
      .object([
        "ssrc": .integer(Int64(stream.ssrc)), "connection": .integer(Int64(stream.connection)),
        "payload_types": .array(stream.payloadTypes.map { .integer(Int64($0)) }),
        "packets": .integer(Int64(clamping: stream.packets)),
      ])
    }
    reporter.report(
      .done, capture: report.captureID,
      [
        "format": .string(report.format.rawValue),
        "start": .string(UTCTime.text(unixNanoseconds: report.start)),
        "seconds": .number(seconds), "streams": .array(streams),
        "counts": .object(Self.values(of: counts)), "exit": .integer(0),
      ])
  }

  private static func values(of counts: ImportCounts) -> [String: JSONValue] {
    [
      "rtp": counts.rtp, "rtcp": counts.rtcp, "other_rtp": counts.otherRTP,
      "not_rtp": counts.notRTP, "other_ports": counts.otherPorts,
      "other_protocols": counts.otherProtocols, "fragments": counts.fragments,
      "snapped": counts.snapped, "malformed": counts.malformed,
      "unknown_link_types": counts.unknownLinkTypes, "damages": counts.damages,
      "damaged_bytes": counts.damagedBytes,
    ].mapValues { .integer(Int64(clamping: $0)) }
  }
}

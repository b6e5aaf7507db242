internal import CaptureLog
internal import DiscordGateway
internal import DiscordREST
internal import Glibc
internal import Logging
internal import Recorder
internal import SystemPackage

/// The whole recorder: REST, gateway, one voice connection a guild, captures on the disk.
struct CallRecorder {
  /// What a process has taken, and what its recordings have.
  private struct Sample {
    var time = ProcessUsage.now
    var cpu = ProcessUsage.cpu
    var resident = ProcessUsage.resident
    var packets: UInt64 = 0
    var drops: UInt64 = 0
    var datagrams: UInt64 = 0
  }

  let folder: FilePath
  let seconds: Int
  let api: String
  let token: String
  /// Guild and channel.
  let places: [(UInt64, UInt64)]
  /// What joining costs comes before it is measured, seconds.
  var warmUp = 3
  var interval = 60

  /// Records for so long from when the last channel was joined; prints a sample every so often, and
  /// the figures.
  func run() async throws {
    let logger = Logger(label: "load")
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = api
    let client = DiscordClient(
      credential: try DiscordCredential(botToken: token), configuration: configuration,
      logger: logger)
    let gateway = GatewayClient(
      client: client, configuration: GatewayConfiguration(intents: .recording), logger: logger)
    try await gateway.start()
    let recorder = Recorder(client: client, gateway: gateway, logger: logger)
    let keys = try OperatorKeyStore.standard().publicKeys()
    var recordings: [Recording] = []
    for (guild, channel) in places {
      var options = RecordingOptions(
        guild: ID(Snowflake(guild)), channel: ID(Snowflake(channel)), captures: folder,
        recipients: keys)
      options.lockFolder = folder.appending("locks")
      // As many segments as a meeting ten times as long has.
      options.writer.segmentAge = 60_000_000_000
      recordings.append(try await recorder.start(options))
    }
    try await Task.sleep(for: .seconds(warmUp))
    let first = sample(recordings)
    var last = first
    let end = ContinuousClock.now + .seconds(max(1, seconds - warmUp))
    while case let left = ContinuousClock.now.duration(to: end), left > .zero {
      try await Task.sleep(for: min(left, .seconds(interval)))
      last = sample(recordings)
      report(last, since: first)
    }
    // The calls end a little later than this, so that nothing but speech was measured.
    var before = last.packets
    repeat {
      before = sample(recordings).packets
      try await Task.sleep(for: .seconds(3))
    } while sample(recordings).packets != before
    var figures = [
      "cpu_us_a_packet": (last.cpu - first.cpu) * 1e6
        / Double(max(1, last.datagrams - first.datagrams))
    ]
    for recording in recordings { add(await recording.stop(), to: &figures) }
    figures["peak_mib"] = ProcessUsage.peak
    await gateway.stop()
    RecordLoad.report(figures)
  }

  private func sample(_ recordings: [Recording]) -> Sample {
    var sample = Sample()
    for status in recordings.map(\.status) {
      sample.packets += status.packets
      sample.drops += status.drops.total
      sample.datagrams += status.kinds.values.reduce(0, +)
    }
    return sample
  }

  private func report(_ sample: Sample, since first: Sample) {
    RecordLoad.report([
      "at_seconds": Double((sample.time - first.time) / 1_000_000_000), "cpu_seconds": sample.cpu,
      "resident_mib": sample.resident, "peak_mib": ProcessUsage.peak,
      "packets": Double(sample.packets), "drops": Double(sample.drops),
    ])
  }

  private func add(_ end: RecordingEnd, to figures: inout [String: Double]) {
    let status = end.status
    figures["packets", default: 0] += Double(status.packets)
    figures["drops", default: 0] += Double(status.drops.total)
    figures["counted", default: 0] += Double(status.counted.values.reduce(0, +))
    figures["not_opened", default: 0] += Double(status.undecryptable.values.reduce(0, +))
    figures["connections", default: 0] += Double(status.connections)
    figures["alerts", default: 0] += Double(status.alerts.count)
    figures["warnings", default: 0] += Double(status.warnings.count)
    figures["incomplete", default: 0] += end.isComplete ? 0 : 1
    for warning in status.warnings {
      _ = try? FileDescriptor.standardError.writeAll("\(status.capture): \(warning)\n".utf8)
    }
  }
}

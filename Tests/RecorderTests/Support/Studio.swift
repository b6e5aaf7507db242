import CaptureLog
import DiscordREST
import DiscordSimulator
import DiscordVoice
import FoundationEssentials
import Logging
import Synchronization
import SystemPackage
import TestSupport

@testable import Recorder

/// Clocks of a host that a test lets pass.
final class HostClock: CaptureClock {
  let bootID = "boot-of-the-test"
  private let reading = Mutex(SystemCaptureClock().read())
  func read() -> ClockReading { reading.withLock { $0 } }
  func advance(_ duration: Duration) {
    reading.withLock { reading in
      reading.boottime += duration.nanoseconds
      reading.realtime += duration.nanoseconds
    }
  }
}

/// A recorder over the simulator's REST API and a fake voice session.
final class Studio: Sendable {
  let simulator: DiscordSimulator
  let ids: World.Sample
  let client: DiscordClient
  let folder: TemporaryFolder
  let captures: FilePath
  let key: OperatorKey
  let clock = ManualClock()
  let host = HostClock()
  let files = GatedFiles()
  let log: RecordingLogHandler.Log
  let logger: Logger
  private let stays = Mutex<[FakeStay]>([])
  private let prepareStay = Mutex<@Sendable (FakeStay) -> Void>({ _ in })

  init(_ change: (inout World, World.Sample) -> Void = { _, _ in }) throws {
    let now: World.Time = 1_795_500_000_000
    var (world, ids) = World.sample(now: now)
    change(&world, ids)
    self.ids = ids
    let clock = clock
    simulator = DiscordSimulator(world: world, clock: SimulatorClock(clock, start: now))
    (logger, log) = RecordingLogHandler.makeLogger()
    client = DiscordClient(
      credential: try DiscordCredential(botToken: ids.botToken),
      transport: InProcessTransport(simulator), logger: logger, clock: clock)
    folder = try TemporaryFolder()
    captures = try folder.makeFolder("captures")
    key = try OperatorKey.generate()
  }

  var bot: UInt64 { UInt64(ids.bot) }
  var options: RecordingOptions {
    var options = RecordingOptions(
      guild: ID(Snowflake(UInt64(ids.guild))), channel: ID(Snowflake(UInt64(ids.voice))),
      captures: captures, recipients: [key.publicKey])
    options.lockFolder = folder.path.appending("locks")
    return options
  }

  /// The fake session of the last recording.
  var stay: FakeStay {
    get throws {
      guard let stay = stays.withLock({ $0.last }) else { throw Errno.noSuchFileOrDirectory }
      return stay
    }
  }

  func prepareStays(_ body: @escaping @Sendable (FakeStay) -> Void) {
    prepareStay.withLock { $0 = body }
  }

  func recorder() -> Recorder {
    var surroundings = Recorder.Surroundings()
    surroundings.clock = clock
    surroundings.captureClock = host
    surroundings.files = files
    surroundings.isTimed = false
    surroundings.makeStay = { [self] configuration, _, observer, _ in
      let stay = FakeStay(configuration, observer)
      prepareStay.withLock { $0 }(stay)
      stays.withLock { $0.append(stay) }
      return stay
    }
    return Recorder(
      client: client, signaling: SilentSignaling(bot: ID(Snowflake(bot))), logger: logger,
      surroundings: surroundings)
  }

  /// Lets time pass in half seconds, as the recorder's timer does.
  func pass(_ duration: Duration, _ recordings: Recording...) {
    for _ in 0..<Int(duration / .milliseconds(500)) {
      host.advance(.milliseconds(500))
      for recording in recordings { recording.tick() }
    }
  }

  /// The bot's texts in a channel.
  func posts(in channel: World.ID) -> [String] {
    (simulator.world.messages[channel] ?? []).filter { $0.authorID == ids.bot }.map(\.content)
  }

  var nick: String? { simulator.world.guilds[ids.guild]?.members[ids.bot]?.nick }

  /// The events of a capture: kind and message.
  static func events(_ folder: FilePath) throws -> [CaptureEvent] {
    var events: [CaptureEvent] = []
    var reader = try CaptureReader(opening: folder)
    while let record = try reader.next() {
      if case .event(let event) = record { events.append(event) }
    }
    return events
  }

  /// How many voice packets a capture holds.
  static func packets(_ folder: FilePath) throws -> Int {
    var count = 0
    var reader = try CaptureReader(opening: folder)
    while let record = try reader.next() {
      if case .packet = record { count += 1 }
    }
    return count
  }

  static func payloads<Payload: CaptureEventPayload>(
    _ type: Payload.Type, _ folder: FilePath
  ) throws -> [Payload] {
    try events(folder).compactMap { $0.payload(type) }
  }
}

internal import CaptureLog
internal import CaptureSynthesis
internal import DiscordSimulator
internal import Foundation
internal import Render
internal import SystemPackage
internal import WebSocket

/// The main job over real sockets: people talk in a simulated Discord, `tapedeck record` records
/// them, and what it recorded is rendered and compared with what they said and when.
struct LiveDemo {
  /// What one speaker's track came to.
  struct Evaluation {
    var user: World.ID
    var name: String
    var sent = 0
    var lost = 0
    /// Sealed before the recorder was in the encrypted call: nobody gives it the key to that.
    var early = 0
    /// On their way when the recorder left.
    var afterLeaving = 0
    var placed = 0
    /// Placed minus (true time + the path's least delay).
    var error = ErrorStatistics()
  }

  struct Outcome {
    var capture: FilePath
    var tracks: FilePath
    var manifest: Manifest
    var speakers: [Evaluation]
    /// Keys of how many epochs the call had.
    var epochs: Int
  }

  static let loss = 0.03
  static let jitterMilliseconds = 8

  let folder: FilePath
  let seconds: Double
  let keys: OperatorKeyStore

  init(folder: FilePath, seconds: Double) throws {
    self.folder = folder
    self.seconds = seconds
    keys = OperatorKeyStore(folder: folder.appending("keys"))
    guard try keys.publicKeys().isEmpty else {
      throw CommandFailure(.usage, "\(folder) holds a demo already; give another --out")
    }
  }

  func run(_ voices: VoiceLibrary) async throws -> Outcome {
    _ = try keys.create(name: "demo")
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let (world, ids) = World.sample(now: now)
    let simulator = DiscordSimulator(
      world: world, clock: SimulatorClock(ContinuousClock(), start: now))
    let addresses: DiscordSimulator.Addresses
    do {
      addresses = try await simulator.start()
    } catch {
      throw CommandFailure(.tempFail, Terminal.escaped(error.message, limit: 400))
    }
    let people: [(World.ID, String)] = [
      (ids.alice, "Alice"), (ids.bob, "Bobby"), (ids.carol, "carol"),
    ]
    do {
      try speak(simulator, people.map(\.0), in: ids.voice, voices)
      let whole: Duration = .seconds(seconds + 60)
      simulator.inject([
        VoiceFault(.loss(Self.loss, for: whole), user: ids.bot),
        VoiceFault(.jitter(.milliseconds(Self.jitterMilliseconds), for: whole), user: ids.bot),
      ])
      try await record(addresses.apiBase, token: ids.botToken)
    } catch {
      await simulator.stop()
      throw error
    }
    let truth = simulator.truth.filter { $0.receiver == ids.bot }
    let epochs = simulator.voiceStatistics.epochs
    await simulator.stop()
    return try evaluate(truth, people, epochs: epochs)
  }

  /// Three people who talk at once at times; the third comes later, so that the keys change while
  /// the others talk. Their clocks are off by +100, -100 and +50 ppm.
  private func speak(
    _ simulator: DiscordSimulator, _ people: [World.ID], in channel: World.ID,
    _ voices: VoiceLibrary
  ) throws {
    for (index, user) in people.enumerated() {
      let lengths = [[4.0, 2.5, 5], [3.5, 4.5, 2], [2.5, 5, 3]][index % 3]
      var from = 0.0
      var steps: [VoiceScript.Step] = [.pause(.milliseconds(900 * index))]
      for (number, length) in lengths.enumerated() {
        let clip = try VoiceClip(
          voices[index], from: .seconds(from), for: .seconds(length))
        steps += [.say(clip), .pause(.milliseconds(1200 + 700 * ((index + number) % 3)))]
        from += length
      }
      var script = VoiceScript(steps)
      script.repetitions = nil
      script.joinsAfter = index == 2 ? .seconds(4) : .zero
      script.clockPPM = [100, -100, 50][index % 3]
      simulator.speak(user, in: channel, script)
    }
  }

  /// Runs this program as somebody at a shell would.
  private func record(_ apiBase: String, token: String) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    process.arguments = [
      "record", "--guild", "Tape Club", "--channel", "Listening Room", "--captures",
      folder.appending("captures").string, "--for", "\(seconds)s", "--api-base", apiBase,
    ]
    var environment = ProcessInfo.processInfo.environment
    environment["DISCORD_BOT_TOKEN"] = token
    environment["CREDENTIALS_DIRECTORY"] = nil
    environment["TAPEDECK_KEYS"] = keys.folder.string
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let status = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do {
          try process.run()
        } catch {
          continuation.resume(throwing: error)
        }
      }
    } onCancel: {
      if process.isRunning { process.interrupt() }
    }
    try Task.checkCancellation()
    guard status == 0 else {
      throw CommandFailure(
        ExitStatus(rawValue: status) ?? .software, "tapedeck record ended with \(status)")
    }
  }

  private struct Key: Hashable {
    var ssrc: UInt32
    var sequence: UInt16
    var timestamp: UInt32
  }

  private func evaluate(
    _ truth: [ForwardedPacket], _ people: [(World.ID, String)], epochs: Int
  ) throws -> Outcome {
    let captures = folder.appending("captures")
    guard
      let name = try FileManager.default.contentsOfDirectory(atPath: captures.string)
        .first(where: { $0.first != "." })
    else { throw CommandFailure(.software, "record has left no capture") }
    let capture = captures.appending(name)
    let job = RenderJob(
      capture: capture, output: folder.appending("tracks"), keys: try keys.privateKeys())
    let manifest = try job.run().manifest
    var traced: [Key: PlacedPacket] = [:]
    let start = Int64(manifest.session.startUnixNanoseconds) ?? 0
    let rate = Double(max(manifest.sampleRate, 1))
    // The socket is closed a little before the session ends.
    let end = start + Int64(Double(manifest.session.samples) / rate * 1e9) - 100_000_000
    try job.trace { packet in
      let key = Key(
        ssrc: packet.ssrc, sequence: UInt16(truncatingIfNeeded: packet.sequence),
        timestamp: packet.timestamp)
      if traced[key]?.fate != .placed { traced[key] = packet }
    }
    // Only what was said before we had any key was too early; later on a key must be there.
    let opened =
      truth.lazy.filter { packet in
        traced[Key(ssrc: packet.ssrc, sequence: packet.sequence, timestamp: packet.timestamp)]?.fate
          == .placed
      }.map(\.sentTime).min() ?? .max
    let speakers = people.map { user, name in
      var result = Evaluation(user: user, name: name)
      let own = truth.filter { $0.user == user && $0.fate != .repeated }
      let least = own.filter { $0.fate == .sent }.map { $0.sentTime - $0.speechTime }.min() ?? 0
      for packet in own {
        result.sent += 1
        guard packet.fate == .sent else {
          result.lost += 1
          continue
        }
        let key = Key(ssrc: packet.ssrc, sequence: packet.sequence, timestamp: packet.timestamp)
        switch traced[key] {
        case .some(let found) where found.fate == .placed:
          result.placed += 1
          let position = found.position / rate * 1e9
          result.error.add((position - Double(packet.speechTime - start + least)) / 1e6)
        case .some(let found)
        where found.fate == .undecryptable && packet.sentTime - 100_000_000 < opened:
          result.early += 1
        case nil where packet.sentTime >= end: result.afterLeaving += 1
        default: break
        }
      }
      return result
    }
    return Outcome(
      capture: capture, tracks: folder.appending("tracks"), manifest: manifest,
      speakers: speakers, epochs: epochs)
  }
}

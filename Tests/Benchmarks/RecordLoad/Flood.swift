internal import CaptureLog
internal import DiscordVoice
internal import Glibc
internal import Recorder
internal import Render
internal import Synchronization
internal import SystemPackage
internal import TestSupport
internal import VoiceCrypto

/// Four people talk while somebody who spoofs the server's address floods the socket with rubbish,
/// forged and replayed packets; then the capture is rendered.
struct Flood {
  static let speakers = 4
  /// Datagrams on their way at most, so that it is not the kernel's buffer that is tested.
  private static let underway: UInt64 = 150

  struct Result {
    /// Datagrams sent: of speech, and of the flood.
    var speech = 0
    var flood = 0
    var statistics = VoiceSocketStatistics()
    var counts = PacketCounts()
    /// Of the writer.
    var stored: UInt64 = 0
    var dropped: UInt64 = 0
    /// True packets that are in a track, and others that are.
    var placed = 0
    var placedTwice = 0
    var placedForeign = 0
    /// Most by which a packet lies away from the straight line of its speaker, milliseconds.
    var bend = 0.0
    /// MiB resident after a tenth of the flood and at its end.
    var memory: (early: Double, late: Double) = (0, 0)

    var figures: [String: Double] {
      [
        "speech": Double(speech), "flood": Double(flood), "placed": Double(placed),
        "placed_twice": Double(placedTwice), "placed_foreign": Double(placedForeign),
        "received": Double(statistics.received), "kernel_drops": Double(statistics.kernelDrops),
        "oversized": Double(statistics.oversized), "sent": Double(statistics.sent),
        "stored": Double(stored),
        "counted": Double(counts.counted.values.reduce(0, +)), "opened": Double(counts.opened),
        "bend_ms": bend, "memory_growth_mib": memory.late - memory.early,
      ]
    }
  }

  let count: Int
  var seed: UInt64 = 1

  init(count: Int, seed: UInt64 = 1) {
    self.count = count
    self.seed = seed
  }

  func run() throws -> Result {
    let folder = try TemporaryFolder()
    let hello = Hello()
    let server = try DatagramServer { _, source, _ in hello.client.withLock { $0 = source } }
    let channel = try LoadReceiver.Channel(
      7, in: folder.path, port: server.address.port, speakers: Self.speakers)
    let key = try OperatorKey.generate()
    try writeEvents(channel, key: key)
    channel.socket.send([0].span)
    while hello.client.withLock({ $0 }) == nil { usleep(100) }
    guard let target = hello.client.withLock({ $0 }) else { return Result() }
    var result = Result()
    let sender = Sender(server: server, target: target, seed: seed)
    try send(sender, to: channel, &result)
    channel.socket.close()
    result.statistics = channel.socket.statistics
    // What waits in the watch is done with after two seconds of its clock.
    channel.filter.tick(now: BootTime.now + 3_000_000_000)
    result.counts = channel.filter.counts
    channel.writer.append(LeaveEvent(reason: "finished"))
    try channel.writer.finish()
    result.stored = channel.writer.status.packetsStored
    result.dropped = channel.writer.status.droppedRing + channel.writer.status.droppedDisk
    try render(channel.writer.folder, key: key, sender: sender, &result)
    return result
  }

  private final class Hello: Sendable {
    let client = Mutex<DatagramAddress?>(nil)
  }

  private func writeEvents(_ channel: LoadReceiver.Channel, key: OperatorKey) throws {
    let writer = channel.writer
    writer.append(VoiceServerEvent(endpoint: channel.socket.remoteAddress.description))
    writer.append(
      ConnectionEvent(
        connection: 0, local: channel.socket.localAddress.description,
        remote: channel.socket.remoteAddress.description, mode: SpeechSource.mode.rawValue,
        ssrc: 1, dave: 1))
    var keys = try KeyLogWriter(in: writer.folder, recipients: [key.publicKey])
    try keys.append(
      KeyRecord(
        time: writer.now,
        .transport(
          connection: 0, mode: SpeechSource.mode, key: SecretBytes(SpeechSource.key))))
    for speaker in 0..<Self.speakers {
      let ssrc = UInt32(1_000 + speaker)
      let user = String(LoadReceiver.Channel.user(of: ssrc))
      writer.append(SpeakingEvent(connection: 0, user: user, ssrc: ssrc, speaking: 1))
      try keys.append(
        KeyRecord(
          time: writer.now,
          .sender(
            connection: 0, incarnation: 0, epoch: 1, user: user,
            secret: SecretBytes(SpeechSource.secret(of: ssrc)))))
    }
  }

  private func send(
    _ sender: Sender, to channel: LoadReceiver.Channel, _ result: inout Result
  ) throws {
    let begin = ProcessUsage.now
    var sent: UInt64 = 0
    // Some speech before and after.
    while result.flood < count || sender.speech < Self.speakers * 50 {
      let frames = Int((ProcessUsage.now - begin) / SpeechSource.frameNanoseconds)
      sent += UInt64(try sender.speak(frames: frames))
      if result.flood < count, sender.speech >= Self.speakers * 25 {
        let batch = min(50, count - result.flood)
        for _ in 0..<batch { sender.sendRubbish() }
        sent += UInt64(batch)
        result.flood += batch
        if result.memory.early == 0, result.flood >= count / 10 {
          result.memory.early = ProcessUsage.resident
        }
      } else {
        usleep(1_000)
      }
      waitUntilTaken(channel, sent: sent)
    }
    result.speech = sender.speech
    result.memory.late = ProcessUsage.resident
    // All of it, for at most two seconds.
    for _ in 0..<2_000 where taken(channel) < sent { usleep(1_000) }
  }

  private func taken(_ channel: LoadReceiver.Channel) -> UInt64 {
    let statistics = channel.socket.statistics
    return statistics.received + statistics.oversized + statistics.kernelDrops
  }

  private func waitUntilTaken(_ channel: LoadReceiver.Channel, sent: UInt64) {
    for _ in 0..<20_000 where taken(channel) + Self.underway < sent { usleep(50) }
  }

  private func render(
    _ capture: FilePath, key: OperatorKey, sender: Sender, _ result: inout Result
  ) throws {
    struct Packet: Hashable {
      var ssrc: UInt32
      var sequence: Int64
    }
    var positions: [Packet: Double] = [:]
    var twice = 0
    let job = RenderJob(
      capture: capture, output: capture.appending("tracks"), keys: [key],
      options: RenderOptions())
    try job.trace { packet in
      guard packet.fate == .placed else { return }
      let key = Packet(ssrc: packet.ssrc, sequence: packet.sequence)
      if positions.updateValue(packet.position, forKey: key) != nil { twice += 1 }
    }
    result.placedTwice = twice
    let counts = sender.counts
    for (packet, position) in positions {
      let index = Int(packet.sequence) - 1_000
      guard let count = counts[packet.ssrc], (0..<count).contains(index) else {
        result.placedForeign += 1
        continue
      }
      result.placed += 1
      if let first = positions[Packet(ssrc: packet.ssrc, sequence: 1_000)] {
        let line = first + Double(index) * 320
        result.bend = max(result.bend, abs(position - line) / 16)
      }
    }
  }
}

internal import CaptureLog
internal import DAVE
internal import DiscordVoice
internal import Glibc
internal import Recorder
internal import SystemPackage

/// The recorder's way of a datagram, without gateways: socket, filter with its watch, writer.
enum LoadReceiver {
  /// One voice connection that is recorded.
  struct Channel {
    let writer: CaptureWriter
    let filter: PacketFilter
    let socket: VoiceSocket

    init(_ number: Int, in folder: FilePath, port: UInt16, speakers: Int = 50) throws {
      let session = SessionInfo(
        id: "20261124T090002Z-1-\(number)", guildID: "1", channelID: String(number),
        start: "2026-11-24T09:00:02.000Z", startUnixNanoseconds: 1_795_510_802_000_000_000,
        build: "benchmark", recipients: [], source: "simulated")
      let writer = try CaptureWriter.create(in: folder, session: session)
      let filter = PacketFilter(excluded: []) { datagram, time, connection in
        writer.append(packet: datagram, connection: connection, kernelTime: time)
      }
      filter.begin(connection: 0, ownSSRC: 1, hasDAVE: true)
      filter.use(transportKey: SpeechSource.key, mode: SpeechSource.mode, connection: 0)
      let ssrcs = (0..<speakers).map { UInt32(1_000 + $0) }
      filter.install(
        DAVEEpochKeys(
          connection: 0, incarnation: 0, epoch: 1, channel: 1, origin: .welcome, transition: 0,
          senders: Dictionary(
            uniqueKeysWithValues: ssrcs.map { (Self.user(of: $0), SpeechSource.secret(of: $0)) }),
          epochAuthenticator: []))
      for ssrc in ssrcs { filter.map(ssrc: ssrc, to: Self.user(of: ssrc), connection: 0) }
      guard let remote = DatagramAddress(host: "127.0.0.1", port: port) else {
        throw Errno.invalidArgument
      }
      socket = try VoiceSocket(
        remote: remote,
        sent: { datagram in
          writer.append(packet: datagram, connection: 0, kernelTime: nil, isOutbound: true)
        },
        received: { datagram, time in
          filter.take(datagram, kernelTime: time, connection: 0, now: BootTime.now)
        })
      let local = socket.localAddress
      if let addresses = DatagramAddresses(
        localAddress: local.bytes, localPort: local.port, remoteAddress: remote.bytes,
        remotePort: remote.port)
      {
        try writer.addConnection(0, addresses: addresses)
      }
      self.writer = writer
      self.filter = filter
    }

    static func user(of ssrc: UInt32) -> UInt64 { UInt64(ssrc) - 999 }
  }

  static func run(folder: String, seconds: Int, ports: [UInt16]) throws -> [String: Double] {
    let channels = try ports.enumerated().map {
      try Channel($0.offset, in: FilePath(folder), port: $0.element)
    }
    for channel in channels { channel.socket.send([0].span) }
    let begin = ProcessUsage.cpu
    for _ in 0..<2 * seconds {
      usleep(500_000)
      // What a recording does twice a second.
      for channel in channels {
        channel.filter.tick(now: BootTime.now)
        _ = channel.filter.counts
        _ = channel.writer.status
      }
    }
    let cpu = ProcessUsage.cpu - begin
    var figures: [String: Double] = ["cpu_seconds": cpu, "peak_mib": ProcessUsage.peak]
    for channel in channels {
      channel.socket.close()
      try channel.writer.finish()
      let status = channel.writer.status
      let counts = channel.filter.counts
      let statistics = channel.socket.statistics
      figures["received", default: 0] += Double(statistics.received)
      figures["kernel_drops", default: 0] += Double(statistics.kernelDrops)
      figures["ring_drops", default: 0] += Double(status.droppedRing + status.droppedDisk)
      figures["counted", default: 0] += Double(counts.counted.values.reduce(0, +))
      figures["opened", default: 0] += Double(counts.opened)
      figures["not_opened", default: 0] += Double(counts.undecryptable.values.reduce(0, +))
      figures["stored", default: 0] += Double(status.packetsStored)
    }
    figures["cpu_us_a_packet"] = cpu * 1e6 / max(1, figures["received"] ?? 1)
    return figures
  }
}

/// The clock of the filter.
enum BootTime {
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

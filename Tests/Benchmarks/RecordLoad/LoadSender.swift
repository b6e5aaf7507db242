internal import DiscordVoice
internal import Glibc
internal import Synchronization

/// A voice server with speakers who never stop, each at a moment of their own within the 20 ms.
enum LoadSender {
  private final class Channel: Sendable {
    let server: DatagramServer
    private let hello: Hello

    init() throws {
      let said = Hello()
      server = try DatagramServer { _, source, _ in said.client.withLock { $0 = source } }
      hello = said
    }

    var address: DatagramAddress? { hello.client.withLock { $0 } }
  }

  private final class Hello: Sendable {
    let client = Mutex<DatagramAddress?>(nil)
  }

  static func run(channels: Int, speakers: Int, seconds: Int) throws {
    let channels = try (0..<channels).map { _ in try Channel() }
    print(channels.map { String($0.server.address.port) }.joined(separator: " "))
    fflush(nil)
    while channels.contains(where: { $0.address == nil }) { usleep(1_000) }
    let clients = channels.compactMap(\.address)
    // A source cannot lie in an array.
    let sources = try channels.indices.map { _ in try Sources(count: speakers) }
    var packet: [UInt8] = []
    let begin = ProcessUsage.now
    let step = SpeechSource.frameNanoseconds / Int64(speakers)
    for tick in 0..<seconds * 50 * speakers {
      let due = begin + Int64(tick) * step
      while case let wait = due - ProcessUsage.now, wait > 0 {
        usleep(useconds_t(min(wait / 1_000 + 1, 1_000)))
      }
      for (index, channel) in channels.enumerated() {
        try sources[index].next(tick % speakers, into: &packet)
        channel.server.send(packet.span, to: clients[index])
      }
    }
    usleep(300_000)
  }

  private final class Sources {
    private final class Box {
      var source: SpeechSource
      init(_ ssrc: UInt32) throws { source = try SpeechSource(ssrc: ssrc) }
    }
    private let boxes: [Box]

    init(count: Int) throws {
      boxes = try (0..<count).map { try Box(UInt32(1_000 + $0)) }
    }

    func next(_ speaker: Int, into packet: inout [UInt8]) throws {
      try boxes[speaker].source.next(into: &packet)
    }
  }
}

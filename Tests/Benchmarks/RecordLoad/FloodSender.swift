internal import DiscordVoice
internal import RTP
internal import TestSupport

extension Flood {
  /// The voice server, and whoever spoofs it.
  final class Sender {
    private final class Speaker {
      var source: SpeechSource
      init(_ ssrc: UInt32) throws { source = try SpeechSource(ssrc: ssrc) }
    }

    private let server: DatagramServer
    private let target: DatagramAddress
    private var random: SplitMix64
    private var speakers: [Speaker] = []
    /// True packets, to be replayed and altered.
    private var history: [[UInt8]] = []
    private var packet: [UInt8] = []

    init(server: DatagramServer, target: DatagramAddress, seed: UInt64) {
      self.server = server
      self.target = target
      random = SplitMix64(seed: seed)
      speakers = (0..<Flood.speakers).compactMap { try? Speaker(UInt32(1_000 + $0)) }
    }

    /// Packets of speech sent so far, and by SSRC.
    var speech: Int { speakers.reduce(0) { $0 + $1.source.count } }
    var counts: [UInt32: Int] {
      Dictionary(uniqueKeysWithValues: speakers.map { ($0.source.ssrc, $0.source.count) })
    }

    /// Sends what everybody has to say until then; returns the number of packets.
    func speak(frames: Int) throws -> Int {
      var count = 0
      for speaker in speakers {
        while speaker.source.count < frames {
          try speaker.source.next(into: &packet)
          server.send(packet.span, to: target)
          if history.count < 400 {
            history.append(packet)
          } else {
            history[Int(random.next() % 400)] = packet
          }
          count += 1
        }
      }
      return count
    }

    func sendRubbish() {
      let rubbish = makeRubbish()
      server.send(rubbish.span, to: target)
    }

    private func makeRubbish() -> [UInt8] {
      guard let old = history.randomElement(using: &random),
        let speaker = speakers.randomElement(using: &random)
      else { return [] }
      switch random.next() % 13 {
      case 12:
        return IPDiscovery.response(
          ssrc: UInt32(truncatingIfNeeded: random.next()), address: "203.0.113.7", port: 5
        ).encoded()
      case 0: return bytes(Int(random.next() % 300))
      case 1: return bytes(Int(random.next() % 3))
      case 2: return bytes(8)
      case 3, 4: return old
      case 5:
        var changed = old
        changed[Int(random.next() % UInt64(old.count))] ^= UInt8(1 + random.next() % 255)
        return changed
      case 6: return Array(old.prefix(Int(random.next() % UInt64(old.count))))
      case 7:
        // The next of a speaker, ahead of its time.
        return forged(
          speaker.source.ssrc, speaker.source.sequence, speaker.source.timestamp)
      case 8:
        return forged(
          speaker.source.ssrc, UInt16(truncatingIfNeeded: random.next()),
          UInt32(truncatingIfNeeded: random.next()))
      case 9: return forged(UInt32(truncatingIfNeeded: random.next()), 1, 1)
      case 10: return forged(speaker.source.ssrc, 1, 1, type: 101 + UInt8(random.next() % 10))
      default:
        return random.next() % 50 == 0
          ? bytes(3_000) : [0x81, UInt8(200 + random.next() % 5)] + bytes(40)
      }
    }

    private func bytes(_ count: Int) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: count)
      var word: UInt64 = 0
      for index in bytes.indices {
        word = index & 7 == 0 ? random.next() : word >> 8
        bytes[index] = UInt8(truncatingIfNeeded: word)
      }
      return bytes
    }

    private func forged(
      _ ssrc: UInt32, _ sequence: UInt16, _ timestamp: UInt32, type: UInt8 = 120
    ) -> [UInt8] {
      var packet: [UInt8] = []
      RTPHeader(
        payloadType: type, sequenceNumber: sequence, timestamp: timestamp, ssrc: ssrc
      ).encode(into: &packet)
      return packet + bytes(100)
    }
  }
}

/// One voice connection of the recorder (one identify).
package struct ConnectionPlan: Sendable, Equatable {
  /// Nanoseconds from the session's zero during which the recorder hears anything.
  package var active: Range<Int64>
  /// True: speakers have new SSRCs here (another server); false: they keep them.
  package var renewsSSRCs: Bool
  /// Why the connection ended, for the `disconnect` event; nil for the last one.
  package var endReason: String?
  /// The WebSocket close code of that end.
  package var closeCode: Int?

  package init(
    active: Range<Int64>, renewsSSRCs: Bool = true, endReason: String? = nil, closeCode: Int? = nil
  ) {
    self.active = active
    self.renewsSSRCs = renewsSSRCs
    self.endReason = endReason
    self.closeCode = closeCode
  }
}

/// Datagrams that are no speech, as they occur on a voice socket.
package struct NoisePlan: Sendable, Equatable {
  /// One of these about every so many nanoseconds; 0 is none.
  package var interval: Int64 = 0
  package var kinds: [NoiseKind] = NoiseKind.allCases.filter { $0 != .forged }
  /// The share of speech packets right after which a forged packet of their stream comes.
  package var forgedShare = 0.0
  /// Whether forged packets come ahead of their time, by a frame or much more: an attack on the
  /// speaker's clock.
  package var forgesAhead = false

  package init(interval: Int64 = 0) {
    self.interval = interval
  }
}

/// The kinds of datagrams a renderer has to survive and count.
package enum NoiseKind: String, Sendable, CaseIterable, Codable {
  case empty
  case oneByte = "one_byte"
  /// Bytes of no known protocol.
  case foreign
  /// RTP whose authentication tag is wrong.
  case badTag = "bad_tag"
  /// Well-formed RTP of a payload type that is not Opus.
  case unknownPayloadType = "unknown_payload_type"
  /// A speaker's next RTP header over random bytes; none in a capture without encryption, where
  /// nothing could tell it from speech.
  case forged
}

/// Everything that decides a synthetic capture; equal plans give equal captures.
package struct CapturePlan: Sendable, Equatable {
  package var name: String
  /// From the `voice_server` event to the `leave` event, ns.
  package var duration: Int64
  package var seed: UInt64
  package var speakers: [SpeakerPlan]
  package var connections: [ConnectionPlan]
  package var noise = NoisePlan()
  /// Between sender reports of a stream that is in the call, ns; 0 is none.
  package var reportInterval: Int64 = .seconds(1)
  /// Between keepalives of the recorder, ns; 0 is none.
  package var keepaliveInterval: Int64 = .seconds(5)
  /// Between `clock` events, ns; 0 is none.
  package var clockInterval: Int64 = .seconds(10)
  /// Steps of the recorder's wall clock, which must not move any packet: (time, step), ns.
  package var wallClockSteps: [DelayStep] = []

  /// A plan with one connection from 60 ms after zero to the end.
  package init(name: String, duration: Int64, seed: UInt64, speakers: [SpeakerPlan]) {
    self.name = name
    self.duration = duration
    self.seed = seed
    self.speakers = speakers
    connections = [ConnectionPlan(active: .milliseconds(60)..<max(duration, .milliseconds(61)))]
  }
}

internal import Audio
internal import CaptureLog
internal import Foundation
internal import RTP
internal import SystemPackage
internal import TestSupport
internal import Testing

@testable import Render

/// Spurts whose sender begins each with a new encoder, as many do: what is played is what decoding
/// the very packets gives, silence frames and all.
@Suite struct SpurtOnsetTests {
  private static let start: Int64 = 1_795_000_000_000_000_000
  private static let silence: [UInt8] = [0xF8, 0xFF, 0xFE]

  /// A second of a voice of one pitch, loud from its beginning on.
  private static func spurt(pitch: Double) throws -> [[UInt8]] {
    let samples = (0..<48_000).map { index in
      let phase = 2 * Double.pi * pitch * Double(index) / 48_000
      return Float((1...6).reduce(0) { $0 + 0.15 * sin(phase * Double($1)) / Double($1) })
    }
    var encoder = try OpusEncoder()
    return try stride(from: 0, to: samples.count - 959, by: 960).map { first in
      var packet: [UInt8] = []
      try encoder.encode(samples.span.extracting(first..<first + 960), into: &packet)
      return packet
    } + Array(repeating: silence, count: 5)
  }

  @Test func theFirstFrameOfASpurtIsAsLoudAsItsPacketsSay() throws {
    let folder = try TemporaryFolder()
    let capture = folder.path.appending("capture")
    let session = SessionInfo(
      id: "test", guildID: "1", channelID: "2", start: "2026-11-18T10:53:20Z",
      startUnixNanoseconds: Self.start, build: "test", recipients: [], source: "simulated",
      encryptedAtRest: false)
    var builder = try CaptureBuilder(creating: capture, session: session, synchronizes: false)
    let addresses = try #require(DatagramAddresses(local: "10.0.0.1:1000", remote: "10.0.0.2:2000"))
    try builder.addConnection(0, addresses: addresses)
    try builder.append(CaptureEvent(VoiceServerEvent(endpoint: "test"), time: Self.start))
    var reference = try OpusDecoder(sampleRate: 48_000)
    var expected: Double = 0
    var onsets: [(place: Int, energy: Double)] = []
    var (sequence, milliseconds): (UInt16, Int64) = (1, 100)
    for pitch in [120.0, 140, 170, 210, 120, 170] {
      for (index, opus) in try Self.spurt(pitch: pitch).enumerated() {
        var output: [Float] = []
        let count = try reference.decode(opus.span, into: &output)
        let energy = Self.energy(output[..<count])
        expected += energy
        if index == 0 { onsets.append((Int(48 * milliseconds) - 312, 0)) }
        if index < 5 { onsets[onsets.count - 1].energy += energy }
        var packet: [UInt8] = []
        RTPHeader(
          payloadType: 120, sequenceNumber: sequence, timestamp: UInt32(48 * milliseconds), ssrc: 77
        ).encode(into: &packet)
        packet += opus
        try builder.append(
          packet: packet.span, connection: 0, time: Self.start + milliseconds * 1_000_000)
        sequence += 1
        milliseconds += 20
      }
      milliseconds += 400
    }
    try builder.append(
      CaptureEvent(
        LeaveEvent(reason: "test"), time: Self.start + (milliseconds + 1_000) * 1_000_000))
    try builder.finish()

    let survey = try RenderEngine.survey(capture: capture)
    let sink = MemorySink()
    var options = EngineOptions()
    options.outputRate = 48_000
    _ = try RenderEngine.render(
      capture: capture, speakers: survey.speakers.map(\.id), survey: survey, keys: RenderKeys(),
      options: options, makeSink: { _ in sink })
    let played = sink.samples.map { Float($0) / 32_768 }
    #expect(expected > 1)
    #expect(abs(Self.energy(played[...]) / expected - 1) < 0.01)
    for onset in onsets {
      let first = played[onset.place..<onset.place + 4_800]
      #expect(abs(Self.energy(first) / onset.energy - 1) < 0.05, "at \(onset.place)")
    }
  }

  private static func energy(_ samples: ArraySlice<Float>) -> Double {
    samples.reduce(0) { $0 + Double($1) * Double($1) }
  }
}

internal import CaptureLog
internal import DAVEFrames
internal import RTP
internal import SystemPackage
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import Render

/// A flood of SSRCs whose frames nobody sealed: what learning costs does not grow with it.
@Suite struct LearningFloodTests {
  private static let start: Int64 = 1_795_510_802_000_000_000
  private static let members: UInt64 = 40

  private static func secret(_ user: UInt64) -> [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: user &* 31 &+ $0) }
  }

  private static var keys: RenderKeys {
    var senders: [String: [RenderKeys.Sender]] = [:]
    for user in 1...members {
      senders[String(user)] = [
        RenderKeys.Sender(
          time: start, connection: 0, incarnation: 0, epoch: 1,
          secret: SecretBytes(secret(user)))
      ]
    }
    return RenderKeys(senders: senders)
  }

  /// - Parameter named: The server names user 33 for an SSRC of frames that are not theirs, heard
  ///   from this packet number on.
  /// - Returns: What learning tried, and what it learned of SSRC 7, which user 33 speaks on.
  private func learn(
    flood: UInt32, named: Range<UInt16> = 0..<0, in folder: FilePath
  ) throws -> (tried: Int, spans: [StreamOwners.Span]?) {
    let session = SessionInfo(
      id: "20261124T090002Z-1-2", guildID: "1", guildName: nil, channelID: "2",
      start: "2026-11-24T09:00:02Z", startUnixNanoseconds: Self.start, build: "test",
      recipients: [], source: "simulated", encryptedAtRest: false)
    var builder = try CaptureBuilder(creating: folder, session: session, synchronizes: false)
    let addresses = try #require(
      DatagramAddresses(local: "192.0.2.10:50000", remote: "198.51.100.7:50001"))
    try builder.addConnection(0, addresses: addresses)
    let connection = ConnectionEvent(
      connection: 0, local: "192.0.2.10:50000", remote: "198.51.100.7:50001", mode: "none",
      ssrc: 1, dave: 1)
    try builder.append(CaptureEvent(connection, time: Self.start))
    var speaker = try FrameSealer(baseSecret: Self.secret(33))
    var stranger = try FrameSealer(baseSecret: Self.secret(99))
    if !named.isEmpty {
      let speaking = SpeakingEvent(connection: 0, user: "33", ssrc: 8, speaking: 1)
      try builder.append(CaptureEvent(speaking, time: Self.start))
    }
    for number in 0..<60 as Range<UInt16> {
      var ssrcs: [UInt32] = number < 20 ? [7] + (0..<flood).map({ $0 + 1_000 }) : []
      if named.contains(number) { ssrcs.append(8) }
      for ssrc in ssrcs {
        var frame: [UInt8] = []
        if ssrc == 7 {
          try speaker.seal([1, 2, 3].span, into: &frame)
        } else {
          try stranger.seal([1, 2, 3].span, into: &frame)
        }
        var packet: [UInt8] = []
        RTPHeader(
          hasPadding: false, marker: false, payloadType: 120, sequenceNumber: number,
          timestamp: UInt32(number) * 960, ssrc: ssrc, hasExtension: false,
          extensionBodyLength: 0
        ).encode(into: &packet)
        packet += frame
        try builder.append(
          packet: packet.span, connection: 0, time: Self.start + Int64(number) * 20_000_000,
          isOutbound: false)
      }
    }
    try builder.finish()
    let survey = try RenderEngine.survey(capture: folder)
    #expect(survey.streams.count == Int(flood) + (named.isEmpty ? 1 : 2))
    var learning = try #require(SpeakerLearning(survey, keys: Self.keys))
    var reader = try CaptureReader(opening: folder)
    while let record = try reader.next() {
      guard case .packet(let packet) = record else { continue }
      reader.withPayload { learning.take(packet, payload: $0) }
    }
    let tried = learning.tried
    return (tried, learning.finish()[StreamKey.key(connection: 0, ssrc: 7)])
  }

  @Test func costIsBoundedAndTheSpeakerIsFound() throws {
    let temporary = try TemporaryFolder()
    let small = try learn(flood: 10, in: temporary.path.appending("small"))
    let large = try learn(flood: 2_000, in: temporary.path.appending("large"))
    for result in [small, large] {
      #expect(
        result.spans == [StreamOwners.Span(firstPacket: 0, user: "33", isLearned: true)])
    }
    // 10 streams of nobody: the first 8 frames and the 16th, each with all members' keys.
    #expect(small.tried <= 33 + 10 * 9 * Int(Self.members))
    #expect(large.tried <= SpeakerLearning.mostStreams * 9 * Int(Self.members))
    #expect(large.tried <= SpeakerLearning.mostTries)
  }

  @Test("who is heard on a named SSRC is not learned for another at the same time")
  func nobodyIsInTwoPlaces() throws {
    let temporary = try TemporaryFolder()
    for named in [0..<60, 19..<30] as [Range<UInt16>] {
      let folder = temporary.path.appending("from-\(named.lowerBound)")
      #expect(try learn(flood: 1, named: named, in: folder).spans == nil)
    }
    // Before or after, it is their other SSRC: they came back.
    let apart = try learn(flood: 1, named: 30..<40, in: temporary.path.appending("apart"))
    #expect(apart.spans?.first?.user == "33")
  }
}

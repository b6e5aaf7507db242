import DiscordREST
import JSONValues
import RTP
import TestSupport
import Testing
import VoiceCrypto

@testable import DiscordVoice

/// A stay on somebody else's main gateway, against a voice server on this host.
@Suite(.timeLimit(.minutes(1))) struct ForeignGatewayTests {
  private struct Scene: Sendable {
    let server: FakeVoiceServer
    let gateway: ForeignGateway
    let observer: ListeningObserver
    let session: VoiceSession
    let log: RecordingLogHandler.Log

    static func make(hangsInStore: Bool = false) async throws -> Scene {
      let server = try await FakeVoiceServer.start()
      let gateway = ForeignGateway { server.endpoint }
      let observer = ListeningObserver(hangsInStore: hangsInStore)
      var configuration = VoiceConfiguration(guild: 100, channel: 200)
      configuration.allowsLoopback = true
      let (logger, log) = RecordingLogHandler.makeLogger()
      let session = VoiceSession(
        configuration, signaling: gateway, observer: observer, logger: logger)
      return Scene(
        server: server, gateway: gateway, observer: observer, session: session, log: log)
    }

    func end() async {
      await session.leave()
      await server.stop()
    }
  }

  @Test func joinsListensSpeaksAndLeaves() async throws {
    let scene = try await Scene.make()
    try await scene.session.join()
    let info = try #require(scene.session.connection)
    #expect(info.number == 0)
    #expect(info.mapped == info.local)
    #expect(info.mode == FakeVoiceServer.mode)

    scene.server.send([1, 2, 3])
    await scene.observer.wait { $0.received.contains([1, 2, 3]) }
    await scene.server.send(5, ["user_id": "7", "ssrc": 8, "speaking": 1])
    await scene.server.send(77, nil)
    await scene.observer.wait { $0.words.contains("unknown 77") }
    #expect(scene.observer.heard.words == ["server", "connected 0", "speaking 7 8", "unknown 77"])

    await scene.session.setSpeaking(1)
    for number in 0..<3 as Range<UInt32> {
      #expect(scene.session.send(opus: [UInt8(number), 9, 9], timestamp: number * 960))
    }
    #expect(!scene.session.send(opus: [], timestamp: 0))
    while scene.server.datagrams.count < 3 { await Task.yield() }
    try checkMedia(scene.server.datagrams)
    #expect(scene.session.udpCounters.sent >= 4)
    #expect(scene.session.udpCounters.received >= 2)

    await scene.session.leave()
    #expect(scene.gateway.requests == [200, nil])
    #expect(scene.observer.heard.words.suffix(2) == ["gap 0 left", "ended left"])
    #expect(await scene.session.end.reason == .left)
    #expect(scene.session.connection == nil)
    #expect(!scene.session.send(opus: [1], timestamp: 0))
    #expect(scene.server.ops() == [0, 1, 5, 5])
    #expect(scene.log.contains("Voice connection ready"))
    #expect(!scene.log.text.contains("token 1"), "secrets are not logged")
    #expect(!scene.log.text.contains("session 1"))
    await scene.server.stop()
  }

  private func checkMedia(_ datagrams: [[UInt8]]) throws {
    var cipher = try TransportCipher(mode: FakeVoiceServer.mode, key: FakeVoiceServer.key)
    var headers: [RTPHeader] = []
    for (number, datagram) in datagrams.prefix(3).enumerated() {
      let header = try RTPHeader(parsing: datagram.span)
      headers.append(header)
      var opened: [UInt8] = []
      try cipher.open(
        datagram.span, authenticatedLength: header.authenticatedLength, into: &opened)
      #expect(opened == [UInt8(number), 9, 9])
    }
    #expect(headers.allSatisfy { $0.ssrc == FakeVoiceServer.ssrc && $0.payloadType == 120 })
    for (one, next) in zip(headers, headers.dropFirst()) {
      #expect(next.sequenceNumber == one.sequenceNumber &+ 1)
      #expect(next.timestamp == one.timestamp &+ 960)
    }
    #expect(Set(datagrams.map { $0.suffix(4) }).count == datagrams.count, "no nonce twice")
  }

  @Test func resumesAfterADrop() async throws {
    let scene = try await Scene.make()
    try await scene.session.join()
    scene.server.drop()
    await scene.observer.wait { $0.words.contains("resumed 0") }
    #expect(scene.observer.heard.words.contains("gap 0 network"))
    #expect(scene.session.connection?.number == 0)
    // The media socket went on.
    scene.server.send([4, 5, 6])
    await scene.observer.wait { $0.received.contains([4, 5, 6]) }
    #expect(scene.gateway.requests == [200])
    await scene.end()
  }

  @Test func refusedResumeJoinsAgain() async throws {
    let scene = try await Scene.make()
    try await scene.session.join()
    scene.server.refuseResume()
    await scene.server.close(4015)
    await scene.observer.wait { $0.words.contains("connected 1") }
    #expect(scene.observer.heard.words.contains("gap 0 close_4015"))
    #expect(scene.gateway.requests == [200, nil, 200])
    await scene.end()
  }

  @Test func migratesToAnotherServer() async throws {
    let scene = try await Scene.make()
    let second = try await FakeVoiceServer.start()
    try await scene.session.join()
    scene.gateway.tell(.voiceServer(endpoint: nil, token: ""))
    scene.gateway.tell(.voiceServer(endpoint: second.endpoint, token: "second"))
    await scene.observer.wait { $0.words.contains("connected 1") }
    #expect(scene.observer.heard.words.contains("gap 0 migrated"))
    second.send([7, 7])
    await scene.observer.wait { $0.received.contains([7, 7]) }
    #expect(second.messages.first?["d"]?["token"] == "second")
    await scene.end()
    await second.stop()
  }

  @Test func isKicked() async throws {
    let scene = try await Scene.make()
    try await scene.session.join()
    scene.gateway.own(nil, session: "session 1")
    #expect(await scene.session.end.reason == .kicked)
    #expect(scene.gateway.requests == [200])
    #expect(scene.observer.heard.words.last == "ended kicked")
    await scene.server.stop()
  }

  @Test func demandsMoreEncryptionThanWeHave() async throws {
    let scene = try await Scene.make()
    try await scene.session.join()
    await scene.server.close(4017)
    let end = await scene.session.end
    #expect(end.reason == .daveRequired)
    #expect(end.closeCode == 4017)
    #expect(scene.gateway.requests == [200, nil])
    await scene.server.stop()
  }

  @Test func diskThatHangsHoldsNothingUp() async throws {
    let scene = try await Scene.make(hangsInStore: true)
    try await scene.session.join()
    #expect(scene.session.connection != nil)
    await scene.end()
    #expect(scene.observer.heard.keys.count == 1)
  }

  @Test func cancelledJoinLeaves() async throws {
    let observer = ListeningObserver()
    // Nobody listens there.
    let gateway = ForeignGateway { "127.0.0.1:1" }
    var configuration = VoiceConfiguration(guild: 100, channel: 200)
    configuration.allowsLoopback = true
    let session = VoiceSession(configuration, signaling: gateway, observer: observer)
    let join = Task { () async -> VoiceError? in
      do throws(VoiceError) {
        try await session.join()
        return nil
      } catch {
        return error
      }
    }
    await observer.wait { $0.words.contains("server") }
    join.cancel()
    #expect(await join.value?.reason == .left)
    #expect(gateway.requests.last == .some(nil))
  }

  @Test func leavesWithoutHavingJoined() async throws {
    let scene = try await Scene.make()
    await scene.session.leave()
    #expect(scene.gateway.requests.isEmpty)
    await scene.server.stop()
  }
}

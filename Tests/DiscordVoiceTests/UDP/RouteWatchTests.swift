import Testing

@testable import DiscordVoice

@Suite struct RouteWatchTests {
  private static let second: Int64 = 1_000_000_000

  private func observation(
    socket: String = "198.18.0.5", route: String? = "198.18.0.5", since: Int64? = 20_000_000,
    speaking: Int64? = nil, keepalives: UInt64 = 0, echoes: UInt64 = 0
  ) throws -> RouteWatch.Observation {
    var statistics = VoiceSocketStatistics()
    statistics.sinceLastReceive = since
    statistics.keepalivesSent = keepalives
    statistics.keepaliveEchoes = echoes
    return RouteWatch.Observation(
      socketAddress: try #require(DatagramAddress(host: socket, port: 40_000)),
      // The port of another socket.
      routeAddress: route.flatMap { DatagramAddress(host: $0, port: 1) },
      statistics: statistics, lastSpeaking: speaking)
  }

  @Test func isCalmWhilePacketsCome() throws {
    var watch = RouteWatch(at: 0)
    for second in 1...1_000 {
      let now = Int64(second) * Self.second
      let seen = try observation(speaking: now - 9 * Self.second)
      #expect(watch.check(seen, at: now) == nil)
    }
  }

  @Test func noticesAnotherAddress() throws {
    var watch = RouteWatch(at: 0)
    #expect(watch.check(try observation(route: nil), at: 1) == nil, "no route is no other route")
    #expect(watch.check(try observation(route: "198.18.0.6"), at: 2) == .addressChanged)
  }

  @Test func noticesSilenceWhileSpeechIsSaid() throws {
    var watch = RouteWatch(at: 0)
    let silent = { (now: Int64, speaking: Int64?) in
      try observation(since: now, speaking: speaking)
    }
    #expect(watch.check(try silent(60 * Self.second, nil), at: 60 * Self.second) == nil)
    let spoke = 61 * Self.second
    #expect(watch.check(try silent(65 * Self.second, spoke), at: 65 * Self.second) == nil)
    #expect(watch.check(try silent(66 * Self.second, spoke), at: 66 * Self.second) == .silent)
  }

  @Test func silenceBeforeTheSocketDoesNotCount() throws {
    var watch = RouteWatch(at: 100 * Self.second)
    let seen = try observation(since: nil, speaking: 10 * Self.second)
    #expect(watch.check(seen, at: 104 * Self.second) == nil)
    #expect(watch.check(seen, at: 105 * Self.second) == .silent)
  }

  @Test func noticesKeepalivesWithoutEcho() throws {
    var watch = RouteWatch(at: 0)
    let silent = 16 * Self.second
    #expect(
      watch.check(try observation(since: silent, keepalives: 9), at: 1) == nil,
      "a server that never echoed owes none")
    #expect(watch.check(try observation(keepalives: 10, echoes: 10), at: 2) == nil)
    let two = try observation(since: silent, keepalives: 12, echoes: 10)
    #expect(watch.check(two, at: 3) == nil)
    let three = try observation(since: silent, keepalives: 13, echoes: 10)
    #expect(watch.check(three, at: 4) == .keepalivesUnanswered)
    watch.socketRenewed(at: 5)
    let renewed = try observation(since: nil, keepalives: 1)
    #expect(watch.check(renewed, at: 60 * Self.second) == nil)
  }

  @Test func waitsLongerEachTime() throws {
    var watch = RouteWatch(at: 0)
    var causes: [Int64] = []
    for second in 1...400 {
      let now = Int64(second) * Self.second
      let seen = try observation(since: nil, speaking: 0)
      if watch.check(seen, at: now) != nil { causes.append(Int64(second)) }
    }
    #expect(causes == [5, 15, 35, 75, 155, 315])
  }
}

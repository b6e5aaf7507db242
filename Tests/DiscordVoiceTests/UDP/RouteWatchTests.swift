import Testing

@testable import DiscordVoice

@Suite struct RouteWatchTests {
  private static let second: Int64 = 1_000_000_000

  private func observation(
    socket: String = "198.18.0.5", route: String? = "198.18.0.5", received: UInt64 = 0,
    keepalives: UInt64 = 0, echoes: UInt64 = 0
  ) throws -> RouteWatch.Observation {
    var statistics = VoiceSocketStatistics()
    statistics.received = received
    statistics.keepalivesSent = keepalives
    statistics.keepaliveEchoes = echoes
    return RouteWatch.Observation(
      socketAddress: try #require(DatagramAddress(host: socket, port: 40_000)),
      // The port of another socket.
      routeAddress: route.flatMap { DatagramAddress(host: $0, port: 1) },
      statistics: statistics)
  }

  @Test func isCalmWhilePacketsCome() throws {
    var watch = RouteWatch(at: 0)
    for second in 1...1_000 as ClosedRange<UInt64> {
      let now = Int64(second) * Self.second
      if second.isMultiple(of: 9) { watch.speechIsAnnounced(received: second / 4, at: now) }
      #expect(watch.check(try observation(received: second / 4), at: now) == nil)
    }
  }

  @Test func noticesAnotherAddress() throws {
    var watch = RouteWatch(at: 0)
    #expect(watch.check(try observation(route: nil), at: 1) == nil, "no route is no other route")
    #expect(watch.check(try observation(route: "198.18.0.6"), at: 2) == .addressChanged)
  }

  @Test func noticesSilenceWhileSpeechIsSaid() throws {
    var watch = RouteWatch(at: 0)
    let silent = try observation(received: 7)
    #expect(watch.check(silent, at: 60 * Self.second) == nil)
    watch.speechIsAnnounced(received: 7, at: 61 * Self.second)
    #expect(watch.check(silent, at: 65 * Self.second) == nil)
    #expect(watch.check(silent, at: 66 * Self.second) == .silent)
  }

  @Test func anotherSpeakerDoesNotPutSilenceOff() throws {
    var watch = RouteWatch(at: 0)
    let silent = try observation(received: 7)
    for second in 1...5 as ClosedRange<Int64> {
      watch.speechIsAnnounced(received: 7, at: second * Self.second)
      #expect(watch.check(silent, at: second * Self.second) == nil)
    }
    #expect(watch.check(silent, at: 6 * Self.second) == .silent)
  }

  @Test func onePacketBehindTheAnnouncementEndsIt() throws {
    var watch = RouteWatch(at: 0)
    watch.speechIsAnnounced(received: 7, at: Self.second)
    for second in 2...60 as ClosedRange<Int64> {
      #expect(watch.check(try observation(received: 8), at: second * Self.second) == nil)
    }
  }

  @Test func noticesKeepalivesWithoutEcho() throws {
    var watch = RouteWatch(at: 0)
    #expect(
      watch.check(try observation(keepalives: 9), at: 20 * Self.second) == nil,
      "a server that never echoed owes none")
    let echoed = try observation(received: 10, keepalives: 10, echoes: 10)
    #expect(watch.check(echoed, at: 25 * Self.second) == nil)
    let two = try observation(received: 10, keepalives: 12, echoes: 10)
    #expect(watch.check(two, at: 35 * Self.second) == .quiet)
    let speech = try observation(received: 11, keepalives: 13, echoes: 10)
    #expect(watch.check(speech, at: 40 * Self.second) == nil, "speech comes")
    let three = try observation(received: 11, keepalives: 14, echoes: 10)
    #expect(watch.check(three, at: 45 * Self.second) == .keepalivesUnanswered)
  }

  @Test("A keepalive without an echo is asked about, before the way is given up")
  func asksAfterOneKeepalive() throws {
    var watch = RouteWatch(at: 0)
    let well = try observation(received: 10, keepalives: 10, echoes: 10)
    #expect(watch.check(well, at: 10 * Self.second) == nil)
    let one = try observation(received: 10, keepalives: 11, echoes: 10)
    #expect(watch.check(one, at: 15 * Self.second) == nil, "its echo is under way")
    #expect(watch.check(one, at: 16 * Self.second) == .quiet)
    let three = try observation(received: 10, keepalives: 13, echoes: 10)
    #expect(watch.check(three, at: 26 * Self.second) == .keepalivesUnanswered)
  }

  @Test func waitsLongerEachTime() throws {
    var watch = RouteWatch(at: 0)
    watch.speechIsAnnounced(received: 0, at: 0)
    var causes: [Int64] = []
    for second in 1...400 {
      let now = Int64(second) * Self.second
      if watch.check(try observation(), at: now) != nil { causes.append(Int64(second)) }
    }
    #expect(causes == [5, 15, 35, 75, 155, 315])
  }

  @Test func isQuickAgainWhenThingsWereWell() throws {
    var watch = RouteWatch(at: 0)
    var causes: [Int64] = []
    for second in 0...100 {
      let now = Int64(second) * Self.second
      // Well between 20 and 50.
      let received = UInt64(min(max(second - 20, 0), 30))
      if second == 0 || second == 50 { watch.speechIsAnnounced(received: received, at: now) }
      if watch.check(try observation(received: received), at: now) != nil {
        causes.append(Int64(second))
      }
    }
    #expect(causes == [5, 15, 55, 65, 85])
  }
}

internal import DiscordREST
internal import JSONValues
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// The judgements of `doctor`, each on facts given to it.
@Suite struct DoctorCheckTests {
  /// 2026-11-24T11:00:00Z.
  private let eleven = 1_795_518_000.0
  private let date = "Tue, 24 Nov 2026 11:00:00 GMT"

  @Test func clockIsJudgedWithinTheRoundTrip() throws {
    // The answer was on its way for 0.2 s, and dated anywhere within the second.
    let right = try #require(ClockOffset(sent: eleven + 0.4, received: eleven + 0.6, date: date))
    #expect(right.isPossiblyRight)
    #expect(right.finding.state == .ok)
    #expect(abs(right.uncertainty - 0.6) < 1e-6)
    let ahead = try #require(ClockOffset(sent: eleven + 5.4, received: eleven + 5.6, date: date))
    #expect(ahead.finding.state == .warn)
    #expect(ahead.finding.message == "this machine's clock is 5.0 s ahead of Discord's")
    let behind = try #require(ClockOffset(sent: eleven - 99.5, received: eleven - 99.5, date: date))
    #expect(behind.finding.state == .fail)
    #expect(behind.finding.status == .configuration)
    #expect(behind.finding.message == "this machine's clock is 100.0 s behind Discord's")
    // A slow answer says little, and is not blamed on the clock.
    #expect(
      try #require(ClockOffset(sent: eleven, received: eleven + 60, date: date)).isPossiblyRight)
  }

  @Test(arguments: [
    "", "yesterday", "Tue, 24 Nox 2026 11:00:00 GMT", "Tue, 99 Nov 2026 11:00:00 GMT",
  ])
  func strangeDatesAreNone(date: String) {
    #expect(ClockOffset(sent: 0, received: 1, date: date) == nil)
  }

  @Test func leapDaysCount() throws {
    let leap = try #require(
      ClockOffset(
        sent: 1_709_208_000, received: 1_709_208_000, date: "Thu, 29 Feb 2024 12:00:00 GMT"))
    #expect(leap.isPossiblyRight)
  }

  @Test func diskAndBufferHaveLimits() {
    #expect(MachineChecks.disk(free: 999_999_999, folder: "/x").state == .fail)
    #expect(MachineChecks.disk(free: 5_000_000_000, folder: "/x").state == .warn)
    #expect(MachineChecks.disk(free: 50_000_000_000, folder: "/x").state == .ok)
    #expect(
      MachineChecks.disk(free: 500_000_000, folder: "/x").message
        == "only 500 MB are free in /x")
    #expect(MachineChecks.receiveBuffer(212_992).state == .warn)
    #expect(MachineChecks.receiveBuffer(8 << 20).state == .ok)
    #expect(MachineChecks.size(999) == "999 bytes")
    #expect(MachineChecks.size(1500) == "1.5 kB")
  }

  @Test func machineIsAllThere() {
    let findings = MachineChecks(captures: "/tmp/not/there", isLoopback: true).findings
    #expect(findings.map(\.check) == ["UDP", "buffer", "disk", "libraries", "keys"])
    #expect(findings[0].state == .ok)
    for name in ["opus", "soxr", "samplerate", "sndfile", "ebur128", "libsodium", "libcrypto"] {
      #expect(findings[3].message.contains("\(name) "), "\(findings[3].message)")
    }
  }

  @Test func worstFindingDecides() {
    let ok = Finding.ok("a", "b")
    #expect([ok].status == .done)
    #expect([ok, .warn("x", .smallReceiveBuffer)].status == .done)
    #expect([ok, .fail("x", .unreachable), .fail("y", .connectMissing)].status == .notPermitted)
    #expect(
      [Finding.fail("x", .wrongAPIBase), .fail("y", .connectMissing)].status == .configuration)
    #expect([Finding.fail("x", .unreachable)].status == .tempFail)
  }

  @Test func intentsAreNamed() {
    let none = ServiceChecks.intents([])
    #expect(none.message == "privileged ones turned on: none; recording needs none")
    let two = ServiceChecks.intents([.guildMembersLimited, .messageContent])
    #expect(two.message.contains("Server Members, Message Content"))
  }

  @Test func invitationAsksForWhatIsNeeded() {
    // 1<<10 | 1<<11 | 1<<15 | 1<<16 | 1<<20 | 1<<26 | 1<<35 | 1<<38, of Discord's documentation.
    #expect(Invitation.permissions.text == "309305904128")
    #expect(
      Invitation.url(application: "1", site: "https://discord.com")
        == "https://discord.com/oauth2/authorize?client_id=1&permissions=309305904128"
        + "&scope=bot+applications.commands")
  }
}

internal import CaptureLog
internal import DiscordSimulator
internal import Foundation
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// Options of `record`, through the built program.
@Suite(.timeLimit(.minutes(5))) struct RecordOptionsTests {
  private static let record = [
    "record", "--channel", "Listening Room", "--no-notice", "--status", "json",
  ]

  /// Prometheus' text format 0.0.4: of each family HELP, TYPE, then its samples; nothing twice.
  private static let checkMetrics = #"""
    import re, sys, urllib.request
    answer = urllib.request.urlopen("http://127.0.0.1:%s/metrics" % sys.argv[1], timeout=20)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"), answer.headers
    text, family, seen, values = answer.read().decode(), None, set(), {}
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert family not in seen, line
            seen.add(family)
        elif line.startswith("# TYPE "):
            assert line.split(" ")[2:] in ([family, "counter"], [family, "gauge"]), line
        else:
            label = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
            match = re.fullmatch(r"([a-z_]+)(?:\{(%s(?:,%s)*)\})? (\d+(?:\.\d+)?)" % (label, label), line)
            assert match and match[1] == family, line
            assert (family, match[2]) not in values, line
            values[family, match[2]] = float(match[3])
    assert values["tapedeck_sessions", None] == 1, values
    session = 'session="%s"' % sys.argv[2]
    assert values["tapedeck_packets_total", session + ',kind="voice"'] >= 20, values
    assert values["tapedeck_bytes_written_total", session] > 1000, values
    assert values["tapedeck_dave_epoch", session] >= 1, values
    for user in sys.argv[3:]:
        assert user not in text, text
    """#

  @Test func metricsAndASecondPart() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      let output = discord.sandbox("output")
      let first = try discord.start(
        Self.record + ["--metrics", "127.0.0.1:0"], shell: "exec \"$@\" >\(output)")
      try await discord.waitForKeys(first)
      try await discord.waitForSpeech(60, first)
      try await discord.wait(first) { try discord.sandbox.read("output").contains("progress") }
      let capture = try #require(discord.captures.first)
      let start = Tool.Result(status: 0, output: try discord.sandbox.read("output"), errors: "")
      let port = try #require(start.events.first?["metrics_port"] as? Int)
      let arguments = ["\(port)", capture, "\(discord.ids.alice)"]
      let (status, errors) = await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(returning: Python.status(Self.checkMetrics, arguments))
        }
      }
      #expect(status == 0, "\(errors)")
      first.process.interrupt()
      #expect(await first.finished().status == 0)

      let folder = discord.sandbox("data/tapedeck/captures/\(capture)")
      let second = try discord.start(Self.record + ["--resume", folder.string])
      try await discord.waitForSpeech(20, second)
      second.process.terminate()
      let result = await second.finished()
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.events.last?["folder"] as? String == folder.string)
      #expect(discord.captures == [capture])
      let names = discord.sandbox.names("data/tapedeck/captures/\(capture)")
      #expect(names.contains("segment-000000.pcapng") && names.contains("segment-000001.pcapng"))
      var reader = try CaptureReader(opening: folder)
      var gaps: [String] = []
      while let record = try reader.next() {
        if case .event(let event) = record, let gap = event.payload(GapEvent.self) {
          gaps.append(gap.cause)
        }
      }
      #expect(gaps == ["recorder"])
      let isComplete = reader.isComplete
      #expect(isComplete)
    }
  }

  @Test(arguments: [("--until-empty", "empty"), ("--until-bots", "only_bots")])
  func stopsWhenNobodyIsLeft(option: String, reason: String) async throws {
    try await SimulatedDiscord.run { world, ids, now in
      guard option == "--until-bots" else { return }
      let bot = world.createApplication(
        "Music", owner: ids.alice, token: "music", flags: [], now: now)
      world.addMember(bot.id, to: ids.guild, now: now)
      world.joinVoice(bot.id, channel: ids.voice)
    } _: { discord in
      try discord.makeKey()
      let result = try await discord(Self.record + [option, "0.5s"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.events.last?["end_reason"] as? String == reason)
    }
  }

  @Test func whoObjectsIsNotStored() async throws {
    try await SimulatedDiscord.run { discord in
      let (alice, bob) = (discord.ids.alice, discord.ids.bob)
      try discord.makeKey()
      try discord.talk([alice, bob, discord.ids.carol])
      try discord.sandbox.write("# nobody yet\n", to: "objections")
      let running = try discord.start(
        Self.record + ["--exclude", "alice", "--opt-out", discord.sandbox("objections").string])
      try await discord.waitForKeys(running)
      try await discord.waitForSpeech(100, running)
      let capture = try #require(discord.captures.first)
      let folder = discord.sandbox("data/tapedeck/captures/\(capture)")
      try discord.sandbox.write("\(bob) # said so in the chat\n", to: "objections")
      func exclusions() throws -> [String] {
        var users: [String] = []
        var reader = try CaptureReader(opening: folder)
        while let record = try reader.next() {
          if case .event(let event) = record, let one = event.payload(ExclusionEvent.self) {
            users.append(one.user)
          }
        }
        return users
      }
      try await discord.wait(running) { try exclusions().contains("\(bob)") }
      try await discord.waitForSpeech(100, running)
      running.process.interrupt()
      #expect(await running.finished().status == 0)

      let keys = try CaptureKeys.open(
        folder, with: OperatorKeyStore(folder: discord.sandbox("keys")).privateKeys())
      #expect(!keys.senderUsers.contains("\(alice)"))
      #expect(keys.senderUsers.contains("\(bob)"))
      var stored: [UInt32: (before: Int, after: Int)] = [:]
      var owners: [UInt32: String] = [:]
      var isAfter = false
      var reader = try CaptureReader(opening: folder)
      while let record = try reader.next() {
        switch record {
        case .event(let event):
          if let speaking = event.payload(SpeakingEvent.self) {
            owners[speaking.ssrc] = speaking.user
          }
          if event.payload(ExclusionEvent.self)?.user == "\(bob)" { isAfter = true }
        case .packet:
          let ssrc = reader.withPayload { payload -> UInt32? in
            guard payload.count > 12, payload[0] >> 6 == 2 else { return nil }
            return (8..<12).reduce(0) { $0 << 8 | UInt32(payload[$1]) }
          }
          guard let ssrc else { continue }
          var counts = stored[ssrc] ?? (0, 0)
          if isAfter { counts.after += 1 } else { counts.before += 1 }
          stored[ssrc] = counts
        case .damage: Issue.record("damage")
        }
      }
      func counts(_ user: World.ID) -> (before: Int, after: Int) {
        let own = stored.filter { owners[$0.key] == "\(user)" }.values
        return (own.reduce(0) { $0 + $1.before }, own.reduce(0) { $0 + $1.after })
      }
      #expect(counts(alice) == (0, 0))
      #expect(counts(bob).before > 0)
      // Those that were in the ring when the list was read.
      #expect(counts(bob).after < 20)
      #expect(counts(discord.ids.carol).after > 20)
    }
  }
}

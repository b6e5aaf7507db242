internal import DiscordSimulator
internal import Foundation
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// Signals to `record`, and what it tells whom.
@Suite(.timeLimit(.minutes(5))) struct RecordSignalTests {
  private static let record = [
    "record", "--channel", "Listening Room", "--no-notice", "--status", "json",
  ]

  @Test func hangUpsStopCleanlyUnlessIgnored() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      // Without a runtime folder the lock lies elsewhere.
      let first = try discord.start(
        Self.record, environment: ["XDG_RUNTIME_DIR": "/nonexistent/runtime"])
      try await discord.waitForSpeech(20, first)
      // As often as kernel, shell and session manager send it, and then SIGTERM.
      for signal in [SIGHUP, SIGHUP, SIGTERM] { kill(first.process.processIdentifier, signal) }
      let stopped = await first.finished()
      #expect(stopped.status == 0, "\(stopped.errors)")
      #expect(stopped.events.last?["end_reason"] as? String == "stopped")
      #expect(stopped.events.last?["complete"] as? Bool == true)

      let second = try discord.start(Self.record, shell: "trap '' HUP; exec \"$@\"")
      try await discord.waitForSpeech(20, second)
      kill(second.process.processIdentifier, SIGHUP)
      try await discord.waitForSpeech(20, second)
      #expect(second.process.isRunning)
      second.process.terminate()
      #expect(await second.finished().status == 0)
    }
  }

  @Test func aSecondSignalEndsAtOnce() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      // An alert that takes its time holds up the end.
      let alert = try discord.script("touch \(discord.sandbox("told")); exec sleep 20 2>/dev/null")
      let running = try discord.start(Self.record + ["--alert", "command:\(alert)"])
      try await discord.waitForSpeech(20, running)
      discord.simulator.inject(VoiceFault(.deafen(true), user: discord.ids.bot))
      try await discord.wait(running) { discord.sandbox.names().contains("told") }
      running.process.interrupt()
      let capture = try #require(discord.captures.first)
      try await discord.wait(running) {
        discord.sandbox.names("data/tapedeck/captures/\(capture)")
          .contains("segment-000000.pcapng")
      }
      running.process.interrupt()
      let result = await running.finished()
      #expect(result.status == 75, "\(result.errors)")
      #expect(result.errors.contains("tapedeck: interrupted"))
      let folder = discord.sandbox("data/tapedeck/captures/\(capture)").string
      #expect(try Tool.run(["verify", folder], keys: discord.sandbox("keys")).status == 0)
    }
  }

  /// Standard output and standard error end in a pipe that is full from the start.
  @Test func readersThatStallDoNotHoldUpTheEnd() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      let pipe = discord.sandbox("pipe").string
      try #require(mkfifo(pipe, 0o600) == 0)
      let end = open(pipe, O_RDWR | O_NONBLOCK)
      try #require(end >= 0)
      defer { close(end) }
      while write(end, [0x0A], 1) == 1 {}
      let running = try discord.start(Self.record, shell: "exec \"$@\" > '\(pipe)' 2>&1")
      try await discord.waitForSpeech(20, running)
      running.process.interrupt()
      // Were it held up, the pipe would be for ever.
      let process = running.process.processIdentifier
      let guardian = Task {
        try await Task.sleep(for: .seconds(60))
        kill(process, SIGKILL)
      }
      let result = await running.finished()
      guardian.cancel()
      #expect(result.status == 0)
      let capture = try #require(discord.captures.first)
      #expect(
        discord.sandbox.names("data/tapedeck/captures/\(capture)")
          .contains("segment-000000.pcapng"))
    }
  }

  @Test func alertsAreToldOnceWithAnAllClear() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try discord.talk([discord.ids.alice])
      let alert = try discord.script(
        "echo \"$1 $2 $4\" >> \(discord.sandbox("told")); cat > /dev/null")
      let running = try discord.start(Self.record + ["--alert", "command:\(alert)"])
      try await discord.waitForSpeech(20, running)
      let capture = try #require(discord.captures.first)
      func told() -> [String] {
        ((try? discord.sandbox.read("told")) ?? "").split(separator: "\n").map(String.init)
      }
      for isOn in [true, false] {
        discord.simulator.inject(VoiceFault(.deafen(isOn), user: discord.ids.bot))
        try await discord.wait(running) { told().count == (isOn ? 1 : 2) }
      }
      // How it ends is told too, when nobody asked for it.
      discord.simulator.inject(VoiceFault(.close(4017), user: discord.ids.bot))
      let result = await running.finished()
      #expect(result.status == 69, "\(result.errors)")
      #expect(result.events.last?["end_reason"] as? String == "encryption_required")
      #expect(result.errors.contains("update Tapedeck"), "\(result.errors)")
      #expect(
        told() == [
          "raised deafened \(capture)", "cleared deafened \(capture)", "raised ended \(capture)",
        ])
      let said = result.errors.split(separator: "\n").filter { $0.contains("deafened") }
      #expect(
        said == [
          "ALERT: the recorder was deafened in the guild and hears nobody: undeafen it",
          "all clear: the recorder is no longer deafened",
        ])
      // Not let in for the same reason.
      discord.simulator.inject(VoiceFault(.refuseIdentifies(4017, count: 3)))
      let refused = try await discord(Self.record)
      #expect(refused.status == 69, "\(refused.errors)")
      #expect(refused.errors.contains("only end-to-end encrypted voice"), "\(refused.errors)")
      #expect(discord.captures == [capture])
    }
  }
}

extension SimulatedDiscord {
  /// A program in the sandbox.
  func script(_ text: String) throws -> String {
    let path = sandbox("script-\(UUID().uuidString)").string
    let isMade = FileManager.default.createFile(
      atPath: path, contents: Data("#!/bin/sh\n\(text)\n".utf8),
      attributes: [.posixPermissions: 0o700])
    try #require(isMade)
    return path
  }
}

internal import DiscordSimulator
internal import Foundation
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// The program at a terminal: a pseudo-terminal of Python's.
@Suite struct TerminalSessionTests {
  /// Runs `ARGUMENTS` at a terminal of 60 columns. Once `prompt` is there, types `keys`; then waits
  /// for the end, and checks what was shown.
  private static let script = #"""
    import json, os, pty, select, struct, sys, termios, fcntl, time
    case = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        os.environ.pop("DISCORD_BOT_TOKEN", None)
        os.environ.pop("CREDENTIALS_DIRECTORY", None)
        os.environ.update(case["environment"])
        os.execv(case["arguments"][0], case["arguments"])

    def echoes():
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

    shown, typed, deadline = b"", False, time.monotonic() + 120
    while True:
        assert time.monotonic() < deadline, shown
        if case.get("prompt") and not typed and case["prompt"].encode() in shown:
            assert not echoes(), "the prompt came before the echo was off"
            os.write(terminal, case["keys"].encode())
            typed = True
        if not select.select([terminal], [], [], 0.05)[0]:
            continue
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    assert echoes(), "the echo is still off"
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    text = shown.decode()
    assert status == case["status"], (status, text)
    assert typed == bool(case.get("prompt")), text
    for part in case.get("shows", []):
        assert part in text, (part, text)
    for part in case.get("hides", []):
        assert part not in text, (part, text)
    if "columns" in case:
        assert all(len(line) <= case["columns"] for line in text.splitlines()), text
    bad = [c for c in text if ord(c) < 32 and c not in "\r\n" or 127 <= ord(c) < 160 or c in "\u202e\u2028"]
    assert not bad, (bad, text)
    """#

  private func run(
    _ discord: SimulatedDiscord, _ arguments: [String], _ expected: [String: Any],
    environment: [String: String] = [:]
  ) async throws {
    var variables = [
      "HOME": discord.sandbox.path.string, "XDG_CONFIG_HOME": discord.sandbox("config").string,
      "XDG_DATA_HOME": discord.sandbox("data").string, "SWIFT_BACKTRACE": "enable=no",
      "LC_ALL": "C.UTF-8",
    ]
    variables.merge(environment) { $1 }
    var all = expected
    all["arguments"] = [Tool.path] + arguments + ["--api-base", discord.apiBase]
    all["environment"] = variables
    let text = String(decoding: try JSONSerialization.data(withJSONObject: all), as: UTF8.self)
    // On a thread of its own: the simulator answers on those of the test.
    let (status, errors) = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: Python.status(Self.script, [text]))
      }
    }
    #expect(status == 0, "\(errors)")
  }

  @Test func tokenIsTypedWithoutEcho() async throws {
    try await SimulatedDiscord.run { discord in
      let token = discord.ids.botToken
      try await run(
        discord, ["setup"],
        [
          "prompt": "it is not shown): ", "keys": token + "\n", "status": 0, "hides": [token],
          "shows": ["The token is that of the bot", "Listening Room", "ok    token"],
        ])
      #expect(try discord.sandbox.read("config/tapedeck/discord-token") == token + "\n")
    }
  }

  @Test func echoComesBackWhenInterrupted() async throws {
    try await SimulatedDiscord.run { discord in
      try await run(
        discord, ["setup"],
        [
          "prompt": "it is not shown): ", "keys": "half-a-token\u{3}", "status": 75,
          "hides": ["half-a-token"], "shows": ["tapedeck: interrupted"],
        ])
      // Ctrl-D: nothing was typed.
      try await run(
        discord, ["setup"],
        [
          "prompt": "it is not shown): ", "keys": "\u{4}", "status": 78,
          "shows": [FirstHourFailure.noToken.text.sentence],
        ])
      #expect(discord.sandbox.names().isEmpty)
    }
  }

  @Test func tablesFitAndJSONIsHarmless() async throws {
    let hostile =
      "\u{9B}2J\u{202E}gpj.exe\u{2028}\u{1B}[31m" + String(repeating: "long ", count: 30)
    try await SimulatedDiscord.run({ world, ids, now in
      world.send(MessageDraft(hostile), by: ids.mallory, in: ids.general, now: now)
    }) { discord in
      let token = ["DISCORD_BOT_TOKEN": discord.ids.botToken]
      let messages = ["discord", "messages", "--channel", "general"]
      try await run(
        discord, messages, ["status": 0, "columns": 60, "shows": ["…"]], environment: token)
      try await run(
        discord, messages + ["--json"], ["status": 0, "shows": [#"\u009b2J\u202egpj.exe"#]],
        environment: token)
      try await run(discord, ["discord", "tree"], ["status": 0], environment: token)
    }
  }
}

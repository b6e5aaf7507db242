internal import DiscordSimulator
internal import Foundation
internal import Testing

@testable import tapedeck

/// `record` at a terminal: a pseudo-terminal of Python's.
@Suite(.timeLimit(.minutes(5))) struct RecordTerminalTests {
  /// Runs a program at a terminal of 60 columns; types each key when its text has been shown, or
  /// sends a signal; compares the terminal's settings before and after.
  private static let script = #"""
    import json, os, pty, re, select, signal, struct, sys, termios, fcntl, time
    case = json.loads(sys.argv[1])
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        for name in ["DISCORD_BOT_TOKEN", "CREDENTIALS_DIRECTORY", "SSL_CERT_FILE"]:
            os.environ.pop(name, None)
        os.environ.update(case["environment"])
        os.execv(case["arguments"][0], case["arguments"])
    time.sleep(0.02)
    before = termios.tcgetattr(terminal)
    shown, steps, deadline = b"", list(case["steps"]), time.monotonic() + 120
    after = before
    while True:
        assert time.monotonic() < deadline, (steps, shown)
        if steps and steps[0][0].encode() in shown:
            step = steps.pop(0)
            if step[1] == "CLOSE":
                os.close(terminal)
                break
            elif step[1] in ("SEGV", "INT"):
                os.kill(pid, getattr(signal, "SIG" + step[1]))
            else:
                os.write(terminal, step[1].encode())
        if not select.select([terminal], [], [], 0.05)[0]:
            continue
        try:
            more = os.read(terminal, 65536)
        except OSError:
            break
        if not more:
            break
        shown += more
    closed = any(step[1] == "CLOSE" for step in case["steps"])
    after = before if closed else termios.tcgetattr(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    text = shown.decode()
    assert status == case["status"], (status, text)
    assert not steps, (steps, text)
    assert after == before, "the terminal is not as it was"
    assert closed or text.count("\x1b[?25l") == 0 or text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l"), text
    for part in case["shows"]:
        assert part in text, (part, text)
    rest = re.sub("\x1b\\[[?0-9;]*[A-Za-z]", "", text)
    bad = [c for c in rest if ord(c) < 32 and c not in "\r\n" or 127 <= ord(c) < 160 or c in "\u202e\u2028"]
    assert not bad, (bad, text)
    """#

  private func run(
    _ discord: SimulatedDiscord, _ arguments: [String], steps: [[String]], status: Int32,
    shows: [String], environment: [String: String] = [:]
  ) async throws {
    var variables = discord.environment()
    variables["SWIFT_BACKTRACE"] = "enable=no"
    variables["LC_ALL"] = "C.UTF-8"
    variables["TERM"] = "xterm"
    variables.merge(environment) { $1 }
    let all: [String: Any] = [
      "arguments": [Tool.path] + arguments + ["--api-base", discord.apiBase],
      "environment": variables, "steps": steps, "status": status, "shows": shows,
    ]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: all), as: UTF8.self)
    let (result, errors) = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: Python.status(Self.script, [text]))
      }
    }
    #expect(result == 0, "\(errors)")
  }

  @Test func keysChooseMarkAndStop() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      // Mallory's name tries to break out of its line.
      try discord.talk([discord.ids.mallory, discord.ids.alice])
      try await run(
        discord, ["record"],
        steps: [["Enter record", "\u{1B}[B\u{1B}[A\r"], ["REC ", "m"], ["marked at", "s"]],
        status: 0, shows: ["Listening Room", "Alice", "ended (stopped)"])
    }
  }

  @Test func signalsGiveTheTerminalBack() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      let record = ["record", "--channel", "Listening Room"]
      try await run(
        discord, record, steps: [["REC ", "INT"]], status: 0, shows: ["ended (stopped)"])
      // The window is closed: nothing is lost.
      try await run(discord, record, steps: [["REC ", "CLOSE"]], status: 0, shows: [])
      let last = try #require(discord.captures.last)
      #expect(
        discord.sandbox.names("data/tapedeck/captures/\(last)").contains("segment-000000.pcapng"))
      try await run(discord, record, steps: [["REC ", "SEGV"]], status: -11, shows: [])
      try await run(discord, ["record"], steps: [["Enter record", "q"]], status: 0, shows: [])
      try await run(discord, ["record"], steps: [["Enter record", "SEGV"]], status: -11, shows: [])
    }
  }

  @Test func dumbTerminalsGetNumbers() async throws {
    try await SimulatedDiscord.run { discord in
      try discord.makeKey()
      try await run(
        discord, ["record", "--for", "1s"], steps: [["nothing to leave", "9\n1\n"]], status: 0,
        shows: ["there is no channel 9", "ended (duration)"], environment: ["TERM": "dumb"])
    }
  }
}

import Bot
import DiscordREST
import JSONValues
import Synchronization
import TestSupport
import Testing

/// Commands by path, as Discord would keep them; can fail.
private final class FakeDirectory: CommandRegistrar.Directory {
  struct State {
    var commands: [String: [JSONValue]] = [:]
    var calls: [String] = []
    var errors: [DiscordError] = []
  }

  let state = Mutex(State())

  var calls: [String] { state.withLock(\.calls) }

  func commands(at path: String) async throws -> [JSONValue] {
    try state.withLock { state in
      state.calls.append("list \(path)")
      if !state.errors.isEmpty { throw state.errors.removeFirst() }
      return state.commands[path] ?? []
    }
  }

  func overwrite(_ commands: JSONValue, at path: String) async throws {
    state.withLock { state in
      state.calls.append("overwrite \(path)")
      state.commands[path] = commands.array
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct CommandRegistrarTests {
  private let directory = FakeDirectory()
  private let clock = ManualClock()
  private let echo: JSONValue = ["name": "echo", "description": "d", "type": 1]

  /// Runs the registrar beside `test`.
  private func running(
    wanted: @escaping @Sendable () -> [String: [JSONValue]]?,
    _ test: (CommandRegistrar, Failures) async throws -> Void
  ) async throws {
    let registrar = CommandRegistrar(directory: directory, delay: .seconds(2), clock: clock)
    let failures = Failures()
    let task = Task {
      await registrar.run(wanted: wanted, failed: { failures.add($0) })
    }
    defer { task.cancel() }
    try await test(registrar, failures)
  }

  private final class Failures: Sendable {
    private let texts = Mutex<[String]>([])
    var count: Int { texts.withLock(\.count) }
    func add(_ error: any Error) { texts.withLock { $0.append("\(error)") } }
  }

  private func settle(_ condition: @Sendable () -> Bool) async {
    while !condition() { await Task.yield() }
  }

  @Test func manyChangesAreOneRegistration() async throws {
    try await running(wanted: { ["/a": [echo]] }) { registrar, _ in
      for _ in 0..<10 { registrar.commandsChanged() }
      try await clock.waitForSleepers()
      for _ in 0..<10 { registrar.commandsChanged() }
      clock.advance(by: .seconds(2))
      await settle { directory.calls.count == 2 }
      // The changes meanwhile make one more look, which finds nothing to do.
      try await clock.waitForSleepers()
      clock.advance(by: .seconds(2))
      await settle { directory.calls.count == 3 }
      #expect(directory.calls == ["list /a", "overwrite /a", "list /a"])
      #expect(directory.state.withLock { $0.commands["/a"] } == [echo])
    }
  }

  @Test func nothingIsSentWhileTheApplicationIsUnknown() async throws {
    try await running(wanted: { nil }) { registrar, _ in
      registrar.commandsChanged()
      try await clock.waitForSleepers()
      clock.advance(by: .seconds(2))
      registrar.commandsChanged()
      try await clock.waitForSleepers()
      #expect(directory.calls.isEmpty)
    }
  }

  @Test func lostConnectionsAreTriedAgainWithGrowingPauses() async throws {
    directory.state.withLock {
      $0.errors = [
        DiscordError(.network, "lost"), DiscordError(.http, "bad gateway", status: 502),
      ]
    }
    try await running(wanted: { ["/a": [echo]] }) { registrar, failures in
      registrar.commandsChanged()
      for pause in [2, 10, 20] {
        try await clock.waitForSleepers()
        let due = clock.now.advanced(by: .seconds(pause))
        #expect(clock.nextDeadline == due)
        clock.advance(to: due)
      }
      await settle { directory.calls.count == 4 }
      #expect(directory.calls == ["list /a", "list /a", "list /a", "overwrite /a"])
      #expect(failures.count == 2)
    }
  }

  @Test func whatDiscordRefusesIsNotTriedAgain() async throws {
    directory.state.withLock {
      $0.errors = [DiscordError(.forbidden, "Missing Access", status: 403)]
    }
    try await running(wanted: { ["/a": [echo]] }) { registrar, failures in
      registrar.commandsChanged()
      try await clock.waitForSleepers()
      clock.advance(by: .seconds(2))
      await settle { failures.count == 1 }
      #expect(directory.calls == ["list /a"])
      // The next change is a new try.
      registrar.commandsChanged()
      try await clock.waitForSleepers()
      clock.advance(by: .seconds(2))
      await settle { directory.calls.count == 3 }
      #expect(directory.calls == ["list /a", "list /a", "overwrite /a"])
    }
  }

  @Test func eachPlaceIsRegistered() async throws {
    try await running(wanted: { ["/b": [echo], "/a": []] }) { registrar, _ in
      registrar.commandsChanged()
      try await clock.waitForSleepers()
      clock.advance(by: .seconds(2))
      await settle { directory.calls.count == 3 }
      #expect(directory.calls == ["list /a", "list /b", "overwrite /b"])
    }
  }
}

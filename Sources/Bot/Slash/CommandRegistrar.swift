internal import DiscordREST
package import JSONValues

/// Keeps the slash commands that Discord knows equal to ours.
///
/// Changes are collected for a while, so that adding ten commands is one request; what is registered
/// already is not sent again. A registration that failed is tried again with growing pauses, unless
/// Discord refused it for good.
package struct CommandRegistrar: Sendable {
  /// Where commands of a place are listed and overwritten: `/applications/1/commands`, or
  /// `/applications/1/guilds/2/commands`.
  package protocol Directory: Sendable {
    /// The commands that are registered, in full.
    func commands(at path: String) async throws -> [JSONValue]
    /// Replaces them all.
    func overwrite(_ commands: JSONValue, at path: String) async throws
  }

  private let directory: any Directory
  private let delay: Duration
  private let clock: any Clock<Duration>
  private let changes: AsyncStream<Void>
  private let changed: AsyncStream<Void>.Continuation

  /// A registrar that waits `delay` for further changes.
  package init(directory: any Directory, delay: Duration, clock: any Clock<Duration>) {
    self.directory = directory
    self.delay = delay
    self.clock = clock
    (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Commands were added or removed, or the bot was connected.
  package func commandsChanged() { changed.yield() }

  /// Registers after each change, until the task is cancelled.
  ///
  /// - Parameters:
  ///   - wanted: The commands by path, nil while the application's id is not known.
  ///   - failed: Told of each failure.
  package func run(
    wanted: @Sendable () -> [String: [JSONValue]]?,
    failed: @Sendable (any Error) async -> Void
  ) async {
    var changes = changes.makeAsyncIterator()
    while await changes.next() != nil {
      var pause = delay
      repeat {
        do { try await clock.sleep(for: pause) } catch { return }
        guard let places = wanted() else { break }
        do {
          for (path, commands) in places.sorted(by: { $0.key < $1.key }) {
            try await register(commands, at: path)
          }
          break
        } catch {
          if Task.isCancelled { return }
          await failed(error)
          guard Self.isPassing(error) else { break }
          pause = min(max(pause * 2, .seconds(10)), .seconds(600))
        }
      } while !Task.isCancelled
    }
  }

  /// Overwrites what is registered at `path`, if it differs.
  package func register(_ commands: [JSONValue], at path: String) async throws {
    let registered = try await directory.commands(at: path)
    guard
      let body = CommandRegistration.overwrite(registered: registered, wanted: commands)
    else { return }
    try await directory.overwrite(body, at: path)
  }

  /// Whether another try may do: lost connections, time-outs, 5xx.
  private static func isPassing(_ error: any Error) -> Bool {
    guard let error = error as? DiscordError else { return false }
    guard let status = error.status else {
      return error.kind == .network || error.kind == .timedOut
    }
    return status >= 500 || status == 429
  }
}

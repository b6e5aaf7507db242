import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Lock of a bot in a guild")
struct RecorderLockTests {
  @Test("A second recorder is refused, and the first is named")
  func second() throws {
    let folder = try TemporaryFolder()
    let place = folder.path.appending("locks")
    let first = try RecorderLock(
      bot: 1, guild: 2, in: place, capture: "/captures/x", since: "2026-11-24T09:00:00Z")
    let error = #expect(throws: RecorderError.self) {
      try RecorderLock(bot: 1, guild: 2, in: place, capture: "/captures/y", since: "later")
    }
    #expect(error?.code == .busy)
    #expect(error?.exitCode == 69)
    #expect(error?.message.contains("/captures/x since 2026-11-24T09:00:00Z") == true)
    #expect(error?.message.contains("process ") == true)
    // Another guild, and another bot.
    let others = try (
      RecorderLock(bot: 1, guild: 3, in: place, capture: "a", since: "b"),
      RecorderLock(bot: 2, guild: 2, in: place, capture: "a", since: "b")
    )
    withExtendedLifetime((first, others)) {}
  }

  @Test("It goes with its holder")
  func release() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<3 {
      let lock = try RecorderLock(bot: 1, guild: 2, in: folder.path, capture: "a", since: "b")
      withExtendedLifetime(lock) {}
    }
  }

  @Test("A place that is no folder of ours is refused")
  func place() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("x", to: "file")
    let error = #expect(throws: RecorderError.self) {
      try RecorderLock(bot: 1, guild: 2, in: file, capture: "a", since: "b")
    }
    #expect(error?.code == .notPermitted)
  }
}

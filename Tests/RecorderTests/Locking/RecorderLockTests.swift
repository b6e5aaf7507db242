import Glibc
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

  @Test("The places: the runtime folder, the user's, the state folder, then /tmp")
  func candidates() {
    func paths(_ environment: [String: String]) -> [String] {
      LockFolder.candidates(environment: environment, user: 7).map(\.path.string)
    }
    #expect(paths([:]) == ["/run/user/7/tapedeck", "/tmp/tapedeck-7"])
    #expect(
      paths(["XDG_RUNTIME_DIR": "/run/user/7", "HOME": "/home/ada", "XDG_STATE_HOME": "relative"])
        == [
          "/run/user/7/tapedeck", "/home/ada/.local/state/tapedeck/locks", "/tmp/tapedeck-7",
        ])
    #expect(
      paths(["XDG_RUNTIME_DIR": "/x", "HOME": "/home/ada", "XDG_STATE_HOME": "/state"])
        == [
          "/x/tapedeck", "/run/user/7/tapedeck", "/state/tapedeck/locks", "/tmp/tapedeck-7",
        ])
  }

  @Test("A runtime folder that is not there, or not ours alone, leads to the next place")
  func fallback() throws {
    let folder = try TemporaryFolder()
    let (open, home) = (try folder.makeFolder("open"), try folder.makeFolder("home"))
    #expect(open.appending("tapedeck").withPlatformString { mkdir($0, 0o777) } == 0)
    #expect(open.appending("tapedeck").withPlatformString { chmod($0, 0o777) } == 0)
    let missing = LockFolder(base: folder.path.appending("none"), names: ["tapedeck"])
    let shared = LockFolder(base: open, names: ["tapedeck"])
    let state = LockFolder(base: home, names: [".local", "state"])
    #expect(try LockFolder.usable(of: [missing, shared, state]) == state.path)
    var status = stat()
    #expect(state.path.withPlatformString { stat($0, &status) } == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    let lock = try RecorderLock(bot: 1, guild: 2, in: state.path, capture: "a", since: "b")
    withExtendedLifetime(lock) {}
    let error = #expect(throws: RecorderError.self) {
      try LockFolder.usable(of: [missing, shared])
    }
    #expect(error?.code == .notPermitted)
    #expect(error?.message.contains("set XDG_RUNTIME_DIR") == true)
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

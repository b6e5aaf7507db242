import CaptureLog
import Synchronization
import SystemPackage
import TestSupport
import Testing
import VoiceCrypto

@testable import Recorder

@Suite("Key store")
struct KeyStoreTests {
  private let key: OperatorKey
  private let folder: TemporaryFolder

  init() throws {
    key = try OperatorKey.generate()
    folder = try TemporaryFolder()
    let session = SessionInfo(
      id: "x", guildID: "1", channelID: "2", start: "2026-11-24T09:00:02Z",
      startUnixNanoseconds: 0, build: "t", recipients: [key.id], source: "discord")
    try SessionFile.write(session, in: folder.path)
  }

  private func record(_ user: Int, epoch: UInt64 = 1) -> KeyRecord {
    KeyRecord(
      time: Int64(user),
      .sender(
        connection: 0, incarnation: 0, epoch: epoch, user: "\(user)",
        secret: SecretBytes([UInt8](repeating: UInt8(user), count: 16))))
  }

  private var users: [String] {
    get throws { try CaptureKeys.open(folder.path, with: [key]).senderUsers }
  }

  @Test("Records are on the medium when it returns")
  func stores() async throws {
    let store = KeyStore(in: folder.path, recipients: [key.publicKey])
    #expect(await store.store([record(1), record(2)]) == nil)
    #expect(try users == ["1", "2"])
    #expect(await store.store([record(3)]) == nil)
    #expect(try users == ["1", "2", "3"])
    #expect(store.failure == nil)
    #expect(await store.finish())
    #expect(try folder.names() == ["keys.jsonl", "session.json"])
  }

  @Test(
    "A sync that hangs is left after a second; the record goes to another file, and none is lost")
  func hangs() async throws {
    let clock = ManualClock()
    let files = GatedFiles()
    let store = KeyStore(
      in: folder.path, recipients: [key.publicKey], files: files, clock: clock)
    files.close()
    async let first = store.store([record(1)])
    await files.waitForCall()
    try await clock.waitForSleepers(1)
    clock.advance(by: .seconds(1))
    #expect(await first == "the disk took more than a second")
    #expect(store.failure != nil)
    // The next lane hangs too, until the disk answers.
    async let second = store.store([record(2)])
    files.open()
    #expect(await second == nil)
    #expect(await store.finish())
    #expect(store.failure == nil)
    #expect(try users == ["1", "2"])
    #expect(try folder.names().contains("keys-000001.jsonl"))
  }

  @Test("What waits is stored with one sync: keys do not queue up behind names")
  func together() async throws {
    let files = GatedFiles()
    let store = KeyStore(
      in: folder.path, recipients: [key.publicKey], files: files, clock: ManualClock())
    files.close()
    async let first = store.store([record(1)])
    await files.waitForCall()
    let others = await withTaskGroup(of: String?.self) { group in
      for user in 2...40 { group.addTask { await store.store([record(user)]) } }
      while store.waiting < 39 { await Task.yield() }
      files.open()
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(await first == nil)
    #expect(others.allSatisfy { $0 == nil })
    #expect(try users.count == 40)
    #expect(files.syncs == 2)
    #expect(await store.finish())
  }

  @Test("A sync that hangs costs one thread, however many batches wait behind it")
  func oneLaneIsGivenUp() async throws {
    let clock = ManualClock()
    let files = GatedFiles()
    let store = KeyStore(
      in: folder.path, recipients: [key.publicKey], files: files, clock: clock)
    files.close()
    async let first = store.store([record(1)])
    await files.waitForCall()
    await withTaskGroup(of: String?.self) { group in
      for user in 2...8 { group.addTask { await store.store([record(user)]) } }
      while store.waiting < 7 { await Task.yield() }
      try? await clock.waitForSleepers(8)
      clock.advance(by: .seconds(1))
      for await failure in group { #expect(failure != nil) }
    }
    #expect(await first != nil)
    files.open()
    #expect(await store.finish())
    #expect(try users.count == 8)
    #expect(
      try folder.names() == ["keys-000001.jsonl", "keys.jsonl", "session.json"])
  }

  @Test("A thread is given up only for what it has had for a second, and it is told only then")
  func patience() async throws {
    let time = Mutex<Duration>(.zero)
    let files = GatedFiles()
    let queue = KeyQueue(
      folder: folder.path, recipients: [key.publicKey], files: files,
      elapsed: { time.withLock { $0 } })
    // Stored between being late and being asked about.
    let stored = KeyBatch([record(1)])
    queue.add(stored)
    #expect(await stored.outcome(atMost: .seconds(60), clock: ContinuousClock()) == .stored)
    time.withLock { $0 = .seconds(5) }
    #expect(queue.abandonLane(stored) == nil)
    #expect(queue.failure == nil)
    files.close()
    let late = KeyBatch([record(2)])
    queue.add(late)
    await files.waitForCall()
    let waiting = KeyBatch([record(3)])
    queue.add(waiting)
    time.withLock { $0 = .milliseconds(5700) }
    #expect(queue.abandonLane(late) == .milliseconds(300))
    time.withLock { $0 = .seconds(6) }
    // It waits behind the other one: the thread has not even begun it.
    #expect(queue.abandonLane(waiting) == .seconds(1))
    #expect(queue.failure == nil)
    #expect(queue.abandonLane(late) == .seconds(1))
    #expect(queue.failure != nil)
    files.open()
    #expect(await waiting.outcome(atMost: .seconds(60), clock: ContinuousClock()) == .stored)
    queue.finish()
    #expect(try users == ["1", "2", "3"])
  }

  @Test("After an error the records are stored with the next ones")
  func fails() async throws {
    let files = GatedFiles()
    let store = KeyStore(in: folder.path, recipients: [key.publicKey], files: files)
    files.fail(.noSpace)
    let failure = await store.store([record(1)])
    #expect(failure != nil)
    #expect(store.failure != nil)
    files.fail(nil)
    #expect(await store.store([record(2)]) == nil)
    #expect(store.failure == nil)
    #expect(await store.finish())
    #expect(try users == ["1", "2"])
  }

  @Test("What failed is tried again without further records")
  func retries() async throws {
    let files = GatedFiles()
    let store = KeyStore(in: folder.path, recipients: [key.publicKey], files: files)
    files.fail(.ioError)
    _ = await store.store([record(1)])
    files.fail(nil)
    store.retry()
    #expect(await store.finish())
    #expect(try users == ["1"])
  }

  @Test("A disk that never answers ends the store in time, and says so")
  func neverAnswers() async throws {
    let clock = ManualClock()
    let files = GatedFiles()
    let store = KeyStore(
      in: folder.path, recipients: [key.publicKey], files: files, clock: clock)
    files.close()
    // Late batches are watched by the same clock, so how many sleep says nothing.
    let mover = Task {
      while !Task.isCancelled {
        clock.advance(by: .seconds(1))
        await Task.yield()
      }
    }
    for user in 1...6 { #expect(await store.store([record(user)]) != nil) }
    #expect(await store.finish(atMost: .seconds(5)) == false)
    mover.cancel()
    files.open()
  }
}

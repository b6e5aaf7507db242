package import CaptureLog
package import SystemPackage

/// Stores keys on threads of its own, so that a disk that hangs holds up nobody.
///
/// What is not on the medium in time is given once more to another thread with another key file;
/// readers drop what is there twice. At most three threads hang: then records wait in memory until
/// one comes back.
package final class KeyStore: Sendable {
  /// How long storing may take before the gateway is answered all the same.
  package static let timeout: Duration = .seconds(1)

  private let queue: KeyQueue
  private let clock: any Clock<Duration>

  /// - Parameters:
  ///   - folder: the capture's folder.
  ///   - recipients: at least one.
  ///   - files: the file system.
  ///   - clock: measures the second that storing may take.
  package init(
    in folder: FilePath, recipients: [OperatorPublicKey],
    files: any FileOperations = SystemFileOperations(),
    clock: any Clock<Duration> = ContinuousClock()
  ) {
    queue = KeyQueue(
      folder: folder, recipients: recipients, files: files, elapsed: Self.stopwatch(clock))
    self.clock = clock
  }

  /// What is wrong now; nil when all keys are stored.
  package var failure: String? { queue.failure }

  /// How many calls wait for a thread to take their records.
  var waiting: Int { queue.waiting }

  /// Stores records and waits until they are on the medium, at most ``timeout``.
  ///
  /// - Returns: what kept them from being stored in time; nil when they are. They are stored later
  ///   if that can be.
  @discardableResult
  package func store(_ records: [KeyRecord]) async -> String? {
    guard !records.isEmpty else { return nil }
    let batch = KeyBatch(records)
    queue.add(batch)
    switch await batch.outcome(atMost: Self.timeout, clock: clock) {
    case .stored: return nil
    case .failed(let error): return error
    case .late:
      watch(batch)
      return "the disk took more than a second"
    }
  }

  /// Sees to it that a late batch gets another thread, now or as soon as the present one has had it
  /// for too long.
  private func watch(_ batch: KeyBatch) {
    guard let first = queue.abandonLane(batch) else { return }
    Task { [queue, clock] in
      var next: Duration? = first
      while let wait = next {
        do { try await clock.sleep(for: wait) } catch { return }
        next = queue.abandonLane(batch)
      }
    }
  }

  private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }

  /// Tries again what failed before; call it every few seconds.
  package func retry() { queue.retry() }

  /// Waits until all is stored, at most `limit`; then ends the threads that do not hang.
  ///
  /// - Returns: whether all is stored.
  package func finish(atMost limit: Duration = .seconds(5)) async -> Bool {
    let last = KeyBatch([])
    queue.add(last)
    let outcome = await last.outcome(atMost: limit, clock: clock)
    queue.finish()
    return outcome == .stored && queue.failure == nil
  }
}

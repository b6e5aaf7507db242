internal import CaptureLog
internal import Synchronization
internal import SystemPackage
internal import Threads

/// The batches that wait for the disk, and the threads that take them: all that wait at once, with
/// one sync, so that the keys of a call do not queue up behind the names of everybody in it.
final class KeyQueue: Sendable {
  private static let maximumHanging = 3
  /// What a thread may take for one batch, or to begin its file.
  private static let patience: Duration = .seconds(1)
  /// Batches that wait while all threads hang; the oldest is lost beyond that, and it is told.
  private static let maximumWaiting = 2048

  /// A thread with a key file of its own.
  private final class Lane: Sendable {
    let wakeup = Wakeup()
    /// Ends with its loop.
    let thread = Mutex<JoinableThread?>(nil)
  }

  private struct State {
    var batches: [KeyBatch] = []
    var lane: Lane?
    /// Whether the present lane has its file.
    var isReady = false
    /// What the present lane is writing.
    var inWork: [KeyBatch] = []
    /// Since when it writes that, or since when there is the lane while it has no file.
    var workingSince: Duration = .zero
    /// Those that were given up and have not come back.
    var hanging: [Lane] = []
    var failure: String?
    /// After an error: wait for the next batch, or for ``KeyQueue/retry()``.
    var isBlocked = false
    var isFinished = false
  }

  private let folder: FilePath
  private let recipients: [OperatorPublicKey]
  private let files: any FileOperations
  private let elapsed: @Sendable () -> Duration
  private let state = Mutex(State())

  /// - Parameter elapsed: the time since some moment, by a clock that never steps.
  init(
    folder: FilePath, recipients: [OperatorPublicKey], files: any FileOperations,
    elapsed: @escaping @Sendable () -> Duration
  ) {
    self.folder = folder
    self.recipients = recipients
    self.files = files
    self.elapsed = elapsed
  }

  var waiting: Int { state.withLock { $0.batches.count } }
  var failure: String? { state.withLock { $0.failure } }

  func add(_ batch: KeyBatch) {
    let lost = state.withLock { state in
      state.batches.append(batch)
      state.isBlocked = false
      guard state.batches.count > Self.maximumWaiting else { return KeyBatch?.none }
      return state.batches.removeFirst()
    }
    lost?.resolve(.failed("too many keys wait for the disk"))
    wakeLane()
  }

  func retry() {
    let hasWork = state.withLock { state in
      state.isBlocked = false
      return !state.batches.isEmpty
    }
    if hasWork { wakeLane() }
  }

  /// A batch is late. When the present thread has had it in work for ``patience``, what that has in
  /// work goes to another one, in another file; a batch that only waited for its turn moves nothing.
  ///
  /// - Returns: when to ask again, nil when that batch needs no watching any more.
  func abandonLane(_ batch: KeyBatch) -> Duration? {
    let now = elapsed()
    let (next, isAbandoned) = state.withLock { state -> (Duration?, Bool) in
      let isInWork = state.inWork.contains { $0 === batch }
      guard !batch.isStored, !state.isFinished,
        isInWork || state.batches.contains(where: { $0 === batch })
      else { return (nil, false) }
      // A thread that has no file yet will take all that waits.
      guard let lane = state.lane, isInWork || !state.isReady else { return (Self.patience, false) }
      let left = Self.patience - (now - state.workingSince)
      guard left <= .zero else { return (left, false) }
      state.failure = "the disk takes more than a second"
      state.hanging.append(lane)
      state.batches.insert(contentsOf: state.inWork, at: 0)
      state.inWork = []
      state.lane = nil
      return (Self.patience, true)
    }
    if isAbandoned { wakeLane() }
    return next
  }

  func finish() {
    let lane = state.withLock { state in
      state.isFinished = true
      return state.lane
    }
    lane?.wakeup.signal()
  }

  // MARK: Threads

  private func wakeLane() {
    let now = elapsed()
    let lane = state.withLock { state -> Lane? in
      if let lane = state.lane { return lane }
      guard state.hanging.count < Self.maximumHanging, !state.isFinished else { return nil }
      let lane = Lane()
      state.lane = lane
      state.isReady = false
      state.workingSince = now
      return lane
    }
    guard let lane else { return }
    let isStarted = lane.thread.withLock { thread -> Bool in
      guard thread == nil else { return true }
      thread = try? JoinableThread { [self] in run(lane) }
      return thread != nil
    }
    guard isStarted else {
      state.withLock { state in
        state.lane = nil
        state.failure = "the system has no thread to give"
      }
      return
    }
    lane.wakeup.signal()
  }

  private func run(_ lane: Lane) {
    do throws(CaptureError) {
      var writer = try KeyLogWriter(in: folder, recipients: recipients, files: files)
      while let batches = next(for: lane) {
        guard !batches.isEmpty else {
          lane.wakeup.wait(nanoseconds: 60_000_000_000)
          continue
        }
        let records = batches.filter { !$0.isStored }.flatMap(\.records)
        do throws(CaptureError) {
          if !records.isEmpty { try writer.append(records) }
          done(batches, by: lane, error: nil)
        } catch {
          done(batches, by: lane, error: error.message)
        }
      }
    } catch {
      fail(lane, error.message)
    }
    let hung = state.withLock { state in
      let count = state.hanging.count
      state.hanging.removeAll { $0 === lane }
      return state.hanging.count < count && !state.batches.isEmpty
    }
    if hung { wakeLane() }
  }

  /// The batches that wait; none: there are none for now; nil: the thread is to end.
  private func next(for lane: Lane) -> [KeyBatch]? {
    let now = elapsed()
    return state.withLock { state in
      guard state.lane === lane else { return nil }
      state.isReady = true
      guard !state.isBlocked, !state.batches.isEmpty else { return state.isFinished ? nil : [] }
      swap(&state.inWork, &state.batches)
      state.workingSince = now
      return state.inWork
    }
  }

  private func done(_ batches: [KeyBatch], by lane: Lane, error: String?) {
    state.withLock { state in
      // Else it hung and came back: another thread has the batches, or will have.
      guard state.lane === lane else { return }
      state.inWork = []
      if let error {
        state.failure = error
        state.batches.insert(contentsOf: batches, at: 0)
        state.isBlocked = true
      } else if state.batches.isEmpty {
        state.failure = nil
      }
    }
    for batch in batches { batch.resolve(error.map(KeyBatch.Outcome.failed) ?? .stored) }
  }

  /// The thread could not begin a file.
  private func fail(_ lane: Lane, _ error: String) {
    let waiting = state.withLock { state in
      guard state.lane === lane else { return [KeyBatch]() }
      state.lane = nil
      state.failure = error
      return state.batches
    }
    for batch in waiting { batch.resolve(.failed(error)) }
  }
}

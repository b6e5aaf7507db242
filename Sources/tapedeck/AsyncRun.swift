internal import ArgumentParser
internal import Dispatch
internal import Glibc
internal import Synchronization
internal import Threads

/// Runs a command that waits for the network.
///
/// `main` stays synchronous: signals must be blocked before any other thread starts, since threads
/// inherit that, and an asynchronous `main` begins on the runtime's threads.
enum AsyncRun {
  private final class Outcome: Sendable {
    let result = Mutex<Result<Void, any Error>?>(nil)
    let isThere = DispatchSemaphore(value: 0)
  }

  /// Runs the command to its end; SIGINT, SIGTERM and SIGHUP cancel its task. A SIGHUP that is
  /// ignored, as `nohup` has it, stays so.
  ///
  /// - Throws: What the command throws; 75 where that is `CancellationError`. A command that is
  ///   meant to be stopped so returns instead, and ends with 0.
  static func run(_ command: sending any AsyncParsableCommand) throws {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    if !Interruption.ignoresHangUps { sigaddset(&signals, SIGHUP) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)

    let outcome = Outcome()
    let interruption = Interruption()
    var command = command
    let task = Task.detached {
      let result: Result<Void, any Error>
      do {
        try await Interruption.$current.withValue(interruption) { try await command.run() }
        result = .success(())
      } catch {
        result = .failure(error)
      }
      outcome.result.withLock { $0 = result }
      outcome.isThere.signal()
    }
    try watch(signals, interruption) { task.cancel() }
    outcome.isThere.wait()
    do {
      try outcome.result.withLock { $0 }?.get()
    } catch is CancellationError {
      throw CommandFailure(.tempFail, "interrupted")
    }
  }

  private static func watch(
    _ signals: sigset_t, _ interruption: Interruption, cancel: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    _ = try JoinableThread {
      var signals = signals
      var signal: Int32 = 0
      guard sigwait(&signals, &signal) == 0 else { return }
      cancel()
      // Asked again, or time running out: the work does not get to clean up by itself.
      interruption.wait(signals, after: signal)
      interruption.sayLastWords()
      Tapedeck.writeError("tapedeck: interrupted")
      Output.attach(atMost: .milliseconds(200))
      _exit(ExitStatus.tempFail.rawValue)
    }
  }
}

internal import CaptureLog
internal import Glibc
internal import Render
internal import Threads

/// Turns SIGTERM and SIGINT into cancelled work, and ends the process when that takes too long.
///
/// A thread waits for the signals, so nothing runs inside of a signal handler.
enum SignalWatch {
  /// Batch systems kill 30 s after SIGTERM, some after 10.
  private static let patience = timespec(tv_sec: 8, tv_nsec: 0)

  /// Begins to watch; call it before other threads start, since they inherit the blocked signals.
  static func start(_ cancellation: RenderCancellation) throws(CaptureError) {
    try start(
      cancel: { cancellation.cancel() }, cleanUp: { cancellation.removeTemporaryFolders() })
  }

  /// The same for work on one capture.
  static func start(_ cancellation: CaptureCancellation) throws(CaptureError) {
    try start(
      cancel: { cancellation.cancel() }, cleanUp: { cancellation.removeTemporaryFolders() })
  }

  private static func start(
    cancel: @escaping @Sendable () -> Void, cleanUp: @escaping @Sendable () -> Void
  ) throws(CaptureError) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let watched = signals
    do throws(ThreadError) {
      _ = try JoinableThread {
        var watched = watched
        var signal: Int32 = 0
        guard sigwait(&watched, &signal) == 0 else { return }
        cancel()
        // A second signal, or time running out: the work does not get to clean up by itself.
        var patience = patience
        while sigtimedwait(&watched, nil, &patience) < 0, errno == EINTR {}
        cleanUp()
        Tapedeck.writeError("tapedeck: interrupted")
        _exit(ExitStatus.tempFail.rawValue)
      }
    } catch {
      throw CaptureError(error)
    }
  }
}

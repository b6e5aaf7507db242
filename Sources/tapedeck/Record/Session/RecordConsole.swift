internal import Glibc
internal import Recorder

/// What people see of a recording, on standard error: the live view at a terminal, else lines.
struct RecordConsole {
  private enum Mode {
    case live(ScreenPainter)
    case plain(PlainView)
  }

  private var mode: Mode
  private var last: LiveStatus?

  /// - Parameter isLive: Whether there is a terminal that shows frames.
  init(isLive: Bool) { mode = isLive ? .live(ScreenPainter()) : .plain(PlainView()) }

  mutating func show(_ status: LiveStatus) {
    last = status
    switch mode {
    case .live(var painter):
      // The painter writes what has changed: a frame is either written, or not made.
      guard !Output.isStalled(STDERR_FILENO) else { return }
      let (width, height) = (Terminal.width(STDERR_FILENO), Terminal.height(STDERR_FILENO))
      let lines = LiveView(width: width, height: height).lines(status)
      Terminal.show(painter.frame(lines, width: width, height: height))
      mode = .live(painter)
    case .plain(var view):
      for line in view.lines(status) { Terminal.show(line + "\n", isExpendable: true) }
      mode = .plain(view)
    }
  }

  /// A line that stays. Names in it must have gone through ``Terminal/escaped(_:limit:)``.
  mutating func say(_ line: String) {
    switch mode {
    case .live(var painter):
      Terminal.show(
        painter.above(Terminal.fitted(line, to: max(20, Terminal.width(STDERR_FILENO) - 1))))
      mode = .live(painter)
    case .plain: Terminal.show(line + "\n")
    }
  }

  mutating func end() {
    guard case .live(var painter) = mode else { return }
    Terminal.show(painter.end())
    mode = .live(painter)
  }
}

package import Logging
internal import Synchronization

/// A log handler that keeps what it is given, for tests of what is logged and what must not be.
///
/// ```swift
/// let (logger, log) = RecordingLogHandler.makeLogger()
/// …
/// #expect(!log.text.contains(token))
/// ```
package struct RecordingLogHandler: LogHandler {
  /// One logged message.
  package struct Line: Sendable, CustomStringConvertible {
    /// How important it is.
    package let level: Logger.Level
    /// What is said.
    package let message: String
    /// The logger's metadata, overlaid with the message's own.
    package let metadata: [String: String]

    package var description: String {
      let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
      return "\(level) \(message)\(pairs.joined())"
    }
  }

  /// The lines of a logger and all its copies.
  package final class Log: Sendable {
    private let stored = Mutex<[Line]>([])

    /// What was logged so far.
    package var lines: [Line] { stored.withLock { $0 } }

    /// The same as text, a line each.
    package var text: String { lines.map(\.description).joined(separator: "\n") }

    /// Whether a message of this level or a higher one contains `text`.
    package func contains(_ text: String, atLeast level: Logger.Level = .trace) -> Bool {
      lines.contains { $0.level >= level && $0.description.contains(text) }
    }

    fileprivate func append(_ line: Line) { stored.withLock { $0.append(line) } }
  }

  /// Where the lines go.
  package let log: Log
  package var logLevel: Logger.Level = .trace
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?

  /// A handler that writes to `log`.
  package init(log: Log) { self.log = log }

  /// A logger of its own, and what it will have logged.
  package static func makeLogger(
    label: String = "test", level: Logger.Level = .trace
  ) -> (logger: Logger, log: Log) {
    let log = Log()
    var logger = Logger(label: label) { _ in RecordingLogHandler(log: log) }
    logger.logLevel = level
    return (logger, log)
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var all = metadataProvider?.get() ?? [:]
    all.merge(metadata) { $1 }
    all.merge(event.metadata ?? [:]) { $1 }
    if let error = event.error { all["error"] = "\(error)" }
    log.append(
      Line(
        level: event.level, message: event.message.description,
        metadata: all.mapValues(\.description)))
  }
}

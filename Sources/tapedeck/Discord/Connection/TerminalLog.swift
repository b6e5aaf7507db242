internal import CaptureLog
internal import Foundation
internal import Logging

/// Log lines on standard error: one line each whatever the text, and never with the token in it.
struct TerminalLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  private let label: String
  /// Left out of every line by value, so that no mistake elsewhere can show it.
  private let secret: String

  init(label: String, level: Logger.Level, secret: String) {
    self.label = label
    self.secret = secret
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    Terminal.show(
      line(event.level, event.message, event.metadata) + "\n", isExpendable: true)
  }

  func line(
    _ level: Logger.Level, _ message: Logger.Message, _ more: Logger.Metadata?
  ) -> String {
    let facts = metadata.merging(more ?? [:]) { $1 }.sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)" }
    let text = ([message.description] + facts).joined(separator: " ")
    return "\(level.rawValue) \(label): " + Terminal.escaped(redacted(text), limit: 4000)
  }

  private func redacted(_ text: String) -> String {
    secret.isEmpty ? text : text.replacing(secret, with: "<redacted>")
  }
}

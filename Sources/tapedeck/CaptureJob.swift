internal import CaptureLog
internal import FoundationEssentials
internal import JSONValues
internal import Render

/// What commands that do one thing to the end, mostly with one capture, have in common.
enum CaptureJob {
  /// Runs `body` between a `start` line and a last one with `exit`: `done` with the fields it
  /// returns, or `error`.
  static func run(
    _ reporter: StatusReporter, capture: String? = nil, _ body: () throws -> [String: JSONValue]
  ) throws {
    reporter.report(.start, capture: capture)
    do {
      var fields = try body()
      fields["exit"] = .integer(0)
      reporter.report(.done, capture: capture, fields)
    } catch {
      reporter.endProgress()
      let failure = CommandFailure(error) ?? CommandFailure(.software, "\(error)")
      reporter.report(
        .error, capture: capture,
        ["message": .string(failure.message), "exit": .integer(Int64(failure.status.rawValue))])
      throw failure
    }
  }

  /// A damage as the fields of a warning.
  static func fields(of damage: CaptureDamage) -> [String: JSONValue] {
    [
      "code": .string("damage"), "cause": .string(damage.cause.rawValue),
      "segment": .string(damage.segment), "offset": .integer(damage.offset),
      "length": .integer(damage.length), "missing": .integer(Int64(clamping: damage.missing)),
      "message": .string(damage.description),
    ]
  }

  /// A report as JSON for people and programs.
  static func text(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }
}

internal import CaptureLog
internal import JSONValues

/// What `doctor --live` writes down: our own words and numbers only, so that there is nothing to
/// redact. No ids, names, addresses, codes or texts of Discord's get here.
struct LiveReport {
  enum Result: String {
    case ok, failed, skipped
  }

  var steps: [(step: LiveStep, result: Result, seconds: Double)] = []
  var facts = WireFacts()
  var isStage = false
  /// Packets that could be opened and decoded, of those that came.
  var decoded: Int64 = 0
  var captured: Int64 = 0
  var lost: Int64 = 0
  var speakers = 0
  /// Names of the recorder's alerts.
  var alerts: [String: Int] = [:]
  var endReason = ""

  var hasFailed: Bool { steps.contains { $0.result == .failed } }

  var json: JSONValue {
    [
      "schema": "tapedeck.live/1", "tool": .string(toolVersion),
      "steps": .array(
        steps.map { step in
          [
            "step": .string(step.step.rawValue), "result": .string(step.result.rawValue),
            "seconds": .number((step.seconds * 10).rounded() / 10),
          ]
        }),
      "wire": facts.json, "stage": .bool(isStage),
      "render": [
        "speakers": .integer(Int64(speakers)), "captured": .integer(captured),
        "decoded": .integer(decoded), "lost": .integer(lost),
      ],
      "alerts": .object(alerts.mapValues { .integer(Int64($0)) }),
      "end_reason": .string(endReason),
    ]
  }
}

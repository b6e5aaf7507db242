internal import JSONValues

/// What `doctor` found out about one thing.
struct Finding: Sendable {
  enum State: String, Sendable {
    case ok, warn, fail
  }

  var check: String
  var state: State
  var message: String
  /// What to do about it.
  var remedy: String?
  /// The exit code of what failed.
  var status = ExitStatus.done
  /// The failure's name, for programs.
  var label: String?

  static func ok(_ check: String, _ message: String) -> Finding {
    Finding(check: check, state: .ok, message: message)
  }

  static func warn(
    _ check: String, _ failure: FirstHourFailure, _ values: [String: String] = [:]
  ) -> Finding {
    let (sentence, remedy) = failure.filled(values)
    return Finding(
      check: check, state: .warn, message: sentence,
      remedy: remedy == "nothing" ? nil : remedy, label: failure.rawValue)
  }

  static func fail(
    _ check: String, _ failure: FirstHourFailure, _ values: [String: String] = [:]
  ) -> Finding {
    Finding(check, failure.failure(values))
  }

  init(
    check: String, state: State, message: String, remedy: String? = nil,
    status: ExitStatus = .done, label: String? = nil
  ) {
    self.check = check
    self.state = state
    self.message = message
    self.remedy = remedy
    self.status = status
    self.label = label
  }

  /// A failure of a command as a finding.
  init(_ check: String, _ failure: CommandFailure) {
    self.init(
      check: check, state: .fail, message: failure.message, remedy: failure.hint,
      status: failure.status, label: failure.label)
  }

  var json: JSONValue {
    [
      "check": .string(check), "state": .string(state.rawValue), "message": .string(message),
      "remedy": remedy.map { .string($0) } ?? .null, "kind": label.map { .string($0) } ?? .null,
    ]
  }
}

extension [Finding] {
  /// The exit code of the worst: what trying again does not mend comes first.
  var status: ExitStatus {
    let order: [ExitStatus] = [
      .software, .configuration, .notPermitted, .noInput, .badInput, .usage, .unavailable,
      .tempFail,
    ]
    let failed = Set(filter { $0.state == .fail }.map(\.status))
    return order.first { failed.contains($0) } ?? .done
  }

  var json: JSONValue {
    ["checks": .array(map(\.json)), "exit": .integer(Int64(status.rawValue))]
  }

  /// Lines for people: the state, the check, what it is, and below what to do.
  var lines: [String] {
    let width = map { Terminal.columns($0.check) }.max() ?? 0
    return flatMap { finding in
      let head =
        Terminal.fitted(finding.state.rawValue, to: 4) + "  "
        + Terminal.fitted(finding.check, to: width) + "  "
      let indent = String(repeating: " ", count: width + 8)
      return [head + finding.message] + (finding.remedy.map { ["\(indent)-> \($0)"] } ?? [])
    }
  }
}

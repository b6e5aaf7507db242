import JSONValues

/// The results, for people and for programs.
enum Table {
  static func seconds(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  static func text(_ trials: [Trial], _ verdicts: [RecordingVerdict], _ ends: [EndVerdict])
    -> String
  {
    var rows = [
      [
        "fault", "runs", "lost, median", "max s", "limit s", "well after", "alerts", "explained by",
        "",
      ]
    ]
    for trial in trials {
      let runs = verdicts.flatMap(\.trials).filter { $0.trial.name == trial.name }
      rows.append(row(trial, runs))
    }
    var lines = lay(rows)
    lines.append("")
    for end in ends {
      let verdict = end.failure.map { "FAILED: \($0)" } ?? "ok"
      lines.append("\(end.name): \(end.seen) \(verdict)")
    }
    let faults = verdicts.flatMap(\.trials)
    lines.append(
      "SUMMARY \(verdicts.count) recordings, \(verdicts.count(where: \.isGood)) good; "
        + "\(faults.count) faults, \(faults.count { !$0.failures.isEmpty }) failed; \(ends.count) ends, "
        + "\(ends.count { $0.failure != nil }) failed")
    return lines.joined(separator: "\n")
  }

  private static func row(_ trial: Trial, _ runs: [TrialVerdict]) -> [String] {
    let lost = runs.map(\.lost).sorted()
    let recovery = runs.compactMap(\.recovery).max()
    let alerts = Dictionary(grouping: runs.map { $0.raised.joined(separator: "+") }) { $0 }
      .sorted { $0.value.count > $1.value.count }
      .map { "\($0.key.isEmpty ? "none" : $0.key) \($0.value.count)" }
    let words = Set(runs.flatMap(\.words)).sorted()
    let failed = runs.count { !$0.failures.isEmpty }
    return [
      trial.name, "\(runs.count)", lost.isEmpty ? "-" : seconds(lost[lost.count / 2]),
      lost.last.map { seconds($0) } ?? "-", seconds(trial.limit),
      recovery.map { seconds($0) } ?? "-", alerts.joined(separator: ", "),
      words.isEmpty ? "no gap" : words.joined(separator: ", "),
      runs.isEmpty ? "not run" : failed == 0 ? "ok" : "FAILED \(failed)",
    ]
  }

  private static func lay(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { index, cell in
        let fill = String(repeating: " ", count: widths[index] - cell.count)
        // Numbers stand to the right.
        return (1...5).contains(index) ? fill + cell : cell + fill
      }.joined(separator: "  ")
    }
  }

  static func json(_ verdicts: [RecordingVerdict], _ ends: [EndVerdict]) -> JSONValue {
    [
      "recordings": .array(verdicts.map(json(_:))),
      "ends": .array(
        ends.map { end in
          ["name": .string(end.name), "seen": .string(end.seen), "failure": text(end.failure)]
        }),
    ]
  }

  private static func json(_ verdict: RecordingVerdict) -> JSONValue {
    [
      "number": .integer(Int64(verdict.number)), "seed": .string("\(verdict.seed)"),
      "spoken": .integer(Int64(verdict.spoken)), "placed": .integer(Int64(verdict.placed)),
      "p99_ms": .number(verdict.distance), "failures": strings(verdict.failures),
      "trials": .array(
        verdict.trials.map { trial in
          [
            "name": .string(trial.trial.name), "at": .number(trial.at),
            "lost": .number(trial.lost), "limit": .number(trial.trial.limit),
            "recovery": trial.recovery.map { .number($0) } ?? .null,
            "raised": strings(trial.raised), "cleared": strings(trial.cleared),
            "explained_by": strings(trial.words), "failures": strings(trial.failures),
          ]
        }),
    ]
  }

  private static func strings(_ values: [String]) -> JSONValue {
    .array(values.map { .string($0) })
  }

  private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

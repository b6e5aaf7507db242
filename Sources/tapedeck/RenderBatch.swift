internal import JSONValues
internal import CaptureLog
internal import Render
internal import Synchronization
internal import SystemPackage

/// One run of `tapedeck render` over its captures.
struct RenderBatch: Sendable {
  let items: [CaptureList.Item]
  /// One capture by itself: the output folder is its own.
  let isSingle: Bool
  let output: FilePath
  let keys: [OperatorKey]
  let options: RenderOptions
  let isStrict: Bool
  let jobs: Int
  let reporter: StatusReporter
  let cancellation: RenderCancellation

  /// Renders all and gives the exit status of the whole.
  func run() throws -> ExitStatus {
    // Several captures side by side keep all processors busy, also where one person talks alone.
    let lanes = max(1, min(jobs, items.count))
    let progress = BatchProgress(count: items.count, reporter: reporter)
    let statuses = Mutex<[ExitStatus]>([])
    try ParallelLoop.run(items.count, jobs: lanes) { index in
      let status = render(items[index], index: index, workers: max(1, jobs / lanes), progress)
      statuses.withLock { $0.append(status) }
    }
    reporter.endProgress()
    let all = statuses.withLock { $0 }
    let worst = Self.worst(of: all)
    if !isSingle {
      let failed = all.filter { $0 != .done }.count
      reporter.say("\(all.count - failed) of \(all.count) captures are rendered")
      reporter.report(
        worst == .done ? .done : .error,
        [
          "captures": .integer(Int64(all.count)), "failed": .integer(Int64(failed)),
          "exit": .integer(Int64(worst.rawValue)),
        ])
    }
    return worst
  }

  /// What can be tried again comes first, then what is bad for good.
  static func worst(of statuses: [ExitStatus]) -> ExitStatus {
    let order: [ExitStatus] = [
      .tempFail, .badInput, .software, .noInput, .notPermitted, .unavailable, .usage,
      .configuration,
    ]
    return order.first(where: statuses.contains) ?? .done
  }

  private func render(
    _ item: CaptureList.Item, index: Int, workers: Int, _ progress: BatchProgress
  ) -> ExitStatus {
    let folder = isSingle ? output : output.appending(item.id)
    let name = Terminal.escaped(item.id, limit: 120)
    defer { progress.end(index) }
    if cancellation.isCancelled { return fail(item, RenderCancellation.error) }
    reporter.report(.start, capture: item.id, ["out": .string(folder.string)])
    let begin = StatusReporter.monotonicNow()
    var options = options
    options.jobs = workers
    let job = RenderJob(capture: item.path, output: folder, keys: keys, options: options)
    do {
      let outcome = try job.run(cancellation: cancellation) { step in
        progress.update(index, capture: item.id, step)
      }
      reporter.endProgress()
      let seconds = Double(StatusReporter.monotonicNow() - begin) / 1e9
      return succeed(item, name, folder, outcome, seconds)
    } catch {
      reporter.endProgress()
      return fail(item, error)
    }
  }

  private func succeed(
    _ item: CaptureList.Item, _ name: String, _ folder: FilePath, _ outcome: RenderOutcome,
    _ seconds: Double
  ) -> ExitStatus {
    let manifest = outcome.manifest
    let summary = RenderSummary(manifest)
    for warning in manifest.warnings {
      reporter.report(
        .warning, capture: item.id,
        ["code": .string(warning.code.rawValue), "message": .string(warning.message)])
    }
    let isDone = outcome == .alreadyDone(manifest)
    let status: ExitStatus = isStrict && !manifest.losses.isEmpty ? .badInput : .done
    if isDone {
      reporter.say("\(name): already done in \(folder)")
    } else {
      reporter.say("\(name): \(summary.text) -> \(folder)")
      for warning in manifest.warnings {
        reporter.say("\(name): warning: \(Terminal.escaped(warning.message, limit: 300))")
      }
    }
    if status != .done {
      reporter.say(
        "\(name): not complete (--strict): \(Terminal.escaped(manifest.losses.joined(separator: "; "), limit: 600))"
      )
    }
    var fields = summary.fields
    fields["out"] = .string(folder.string)
    fields["seconds"] = .number((seconds * 1000).rounded() / 1000)
    fields["exit"] = .integer(Int64(status.rawValue))
    reporter.report(
      status != .done ? .error : isDone ? .skip : .done, capture: item.id, fields)
    return status
  }

  private func fail(_ item: CaptureList.Item, _ error: RenderError) -> ExitStatus {
    let status = ExitStatus(error.code)
    reporter.say(
      "\(Terminal.escaped(item.id, limit: 120)): \(Terminal.escaped(error.message, limit: 600))")
    reporter.report(
      .error, capture: item.id,
      [
        "code": .string(error.code.rawValue), "message": .string(error.message),
        "exit": .integer(Int64(status.rawValue)),
      ])
    return status
  }
}

/// How far all captures of a run are together.
final class BatchProgress: Sendable {
  private let fractions: Mutex<[Double]>
  private let reporter: StatusReporter

  init(count: Int, reporter: StatusReporter) {
    fractions = Mutex([Double](repeating: 0, count: count))
    self.reporter = reporter
  }

  func update(_ index: Int, capture: String, _ step: RenderProgress) {
    // Shares of the time a render takes, roughly.
    let (begin, share): (Double, Double) =
      switch step.phase {
      case .survey: (0, 0.1)
      case .tracks: (0.1, 0.8)
      case .mix: (0.9, 0.08)
      case .commit: (0.98, 0.02)
      }
    let own = begin + share * step.fraction
    let (all, count) = fractions.withLock { fractions in
      fractions[index] = max(fractions[index], own)
      return (fractions.reduce(0, +), fractions.count)
    }
    let label = count == 1 ? step.phase.rawValue : "\(Int(all)) of \(count)"
    reporter.progress(
      own, of: all / Double(count), capture: capture, phase: step.phase.rawValue, label: label)
  }

  func end(_ index: Int) { fractions.withLock { $0[index] = 1 } }
}

extension ExitStatus {
  init(_ code: RenderError.Code) {
    self =
      switch code {
      case .usage: .usage
      case .badInput: .badInput
      case .noInput: .noInput
      case .busy: .unavailable
      case .defect: .software
      case .tryAgain: .tempFail
      case .notPermitted: .notPermitted
      }
  }
}

internal import Glibc
internal import Synchronization

/// How far the tracks are: the parts go through the session side by side.
final class ProgressMeter: Sendable {
  private let positions: Mutex<[Int64]>
  private let samples: Int64
  private let report: (@Sendable (RenderProgress) -> Void)?

  init(parts: Int, samples: Int64, report: (@Sendable (RenderProgress) -> Void)?) {
    positions = Mutex([Int64](repeating: 0, count: parts))
    self.samples = samples
    self.report = report
  }

  /// Says where a part is now.
  func update(part: Int, sample: Int64) {
    guard let report, samples > 0 else { return }
    // A hundred steps a part are enough for a bar.
    let fraction = positions.withLock { positions -> Double? in
      guard sample - positions[part] >= samples / 100 else { return nil }
      positions[part] = sample
      return Double(positions.reduce(0, +)) / (Double(samples) * Double(positions.count))
    }
    if let fraction { report(RenderProgress(phase: .tracks, fraction: fraction)) }
  }
}

/// A track's file as the engine's sink, which also says how far the part is.
final class MeteredSink: TrackSink {
  private let file: TrackFile
  private let meter: ProgressMeter
  private let part: Int

  init(file: TrackFile, meter: ProgressMeter, part: Int) {
    self.file = file
    self.meter = meter
    self.part = part
  }

  func write(_ samples: Span<Int16>, at sample: Int64) throws {
    try file.write(samples, at: sample)
    meter.update(part: part, sample: sample)
  }
}

/// The processors that this process may use.
package enum ProcessorCount {
  package static var available: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

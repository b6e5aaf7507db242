internal import CaptureLog
internal import CaptureSynthesis
internal import SystemPackage
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import Render

/// A capture made for a test, in a folder that goes with it.
final class SyntheticCapture {
  private let folder: TemporaryFolder
  let capture: FilePath
  let keys: [OperatorKey]
  let counts: SynthesisCounts

  init(
    _ plan: CapturePlan, voices: VoiceLibrary? = nil, encrypted: Bool = false,
    configure: (inout SynthesisOptions) -> Void = { _ in }
  ) throws {
    folder = try TemporaryFolder()
    capture = folder.path.appending("capture")
    var options = SynthesisOptions()
    options.synchronizes = false
    options.payloads = voices == nil ? .dummy : .encoded
    if encrypted {
      let key = try OperatorKey.generate()
      keys = [key]
      options.recipients = [key.publicKey]
    } else {
      keys = []
      options.mode = .none
    }
    configure(&options)
    counts = try CaptureSynthesizer.write(plan, voices: voices, to: capture, options: options)
  }

  func truth() throws -> (header: TruthHeader, records: [TruthRecord]) {
    var reader = try TruthReader(opening: TruthReader.path(besides: capture))
    var records: [TruthRecord] = []
    while let record = try reader.next() { records.append(record) }
    return (reader.header, records)
  }

  func renderKeys(_ survey: SessionSurvey) throws -> RenderKeys {
    RenderKeys(try CaptureKeys.open(capture, with: keys), survey: survey)
  }
}

/// Keeps what is written, and checks that it ascends.
final class MemorySink: TrackSink {
  private(set) var samples: [Int16] = []
  private(set) var ranges: [SampleRange] = []
  private(set) var isAscending = true

  func write(_ written: Span<Int16>, at sample: Int64) throws {
    if sample < samples.count { isAscending = false }
    if sample > samples.count {
      samples.append(contentsOf: repeatElement(0, count: Int(sample) - samples.count))
    }
    for index in 0..<written.count { samples.append(written[index]) }
    let end = sample + Int64(written.count)
    if let last = ranges.last, last.end == sample {
      ranges[ranges.count - 1].end = end
    } else {
      ranges.append(SampleRange(start: sample, end: end))
    }
  }
}

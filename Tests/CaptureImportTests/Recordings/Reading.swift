import CaptureLog

@testable import CaptureImport

/// Everything that a recording's bytes give.
struct Reading {
  struct Datagram: Equatable {
    var time: Int64?
    var flow: Flow
    var payload: [UInt8]
  }

  var datagrams: [Datagram] = []
  var skipped: [SkipCause] = []
  var damages: [Range<Int64>] = []

  init(_ bytes: [UInt8]) throws(CaptureError) {
    var window = SourceWindow(MemorySource(bytes))
    var reader = try RecordingReader(detecting: &window)
    while let item = try reader.next(&window) {
      switch item {
      case .datagram(let datagram):
        let payload = window.withBytes(at: datagram.offset, count: datagram.count) { bytes in
          (0..<bytes.count).map { bytes[$0] }
        }
        datagrams.append(Datagram(time: datagram.time, flow: datagram.flow, payload: payload))
      case .skipped(let cause): skipped.append(cause)
      case .damage(let range): damages.append(range)
      }
    }
  }
}

internal import Fuzzing

@testable import CaptureLog

fuzz { bytes, count in
  let bytes = input(bytes, count)
  if let session = try? SessionFile.decode(bytes) {
    // What was read can be written and read again.
    precondition((try? SessionFile.decode(SessionFile.encode(session))) == session)
  }
  _ = SegmentHeader(comment: bytes)
  return 0
}

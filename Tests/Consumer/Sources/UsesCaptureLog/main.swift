import CaptureLog
import SystemPackage

// Never called: that it compiles is the test.
func use(_ capture: FilePath) throws {
  var reader = try CaptureReader(opening: capture)
  var bytes = 0
  while let record = try reader.next() {
    switch record {
    case .packet: bytes += reader.withPayload { payload in payload.count }
    case .event(let event): print(event.time, event.kind, event.message)
    case .damage(let damage): print("damage in", damage.segment, "at", damage.offset)
    }
  }
  print(bytes)
}

do {
  try use("/nonexistent")
} catch {
  print(error)
}

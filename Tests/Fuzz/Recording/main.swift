internal import CaptureLog
internal import Fuzzing

@testable import CaptureImport

fuzz { bytes, count in
  var window = SourceWindow(MemorySource(input(bytes, count)))
  var job = ImportJob(options: ImportOptions(), name: "fuzz", modified: 0)
  guard let reader = try? RecordingReader(detecting: &window),
    let survey = try? job.survey(&window, with: reader),
    var selection = try? job.select(from: survey, of: reader)
  else { return 0 }
  let times = job.times(of: selection, recordedStart: survey.isTimeless ? nil : selection.start)
  _ = try? job.copy(&window, with: reader, selection: &selection, times: times) {
    packet, connection, time in
    precondition(
      Int(connection) < StreamSelection.mostStreams && times.contains(time) && packet.count >= 8)
  }
  return 0
}

internal import Fuzzing
internal import SystemPackage
internal import VoiceCrypto

@testable import CaptureLog

fuzz { bytes, count in
  let bytes = input(bytes, count)
  var splitter = KeyLineSplitter()
  splitter.feed(bytes)
  while let line = splitter.next() ?? splitter.finish() {
    guard case .record(let record) = KeyLogReader.entry(line, file: "keys.jsonl") else { continue }
    // What is in the boxes is written by whoever has the public key: as hostile as the line.
    _ = try? KeyRecordContent.parse(SecretBytes(line.bytes), head: record.head)
  }
  _ = try? OperatorKeyFile.parsePublic(bytes.span, path: "operator.pub")
  return 0
}

internal import Fuzzing

fuzz { bytes, count in
  let text = String(decoding: input(bytes, count), as: UTF8.self)
  var run = GatewayRun()
  for line in text.split(separator: "\n") { run.line(line) }
  run.proveItGoesOn()
  return 0
}

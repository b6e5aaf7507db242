internal import CaptureLog
internal import SystemPackage

/// The operator keys that a command was given: those of `--key`, else all of the key folder.
enum KeyArguments {
  static func load(_ files: [String]) throws(CaptureError) -> [OperatorKey] {
    try OperatorKeyStore.standard().keys(named: files.map { FilePath($0) })
  }
}

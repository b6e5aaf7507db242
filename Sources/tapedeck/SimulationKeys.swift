internal import CaptureLog
internal import SystemPackage

/// Keys for trials: only `simulate` and `demo` make one by themselves.
enum SimulationKeys {
  /// The named public keys, else those of the key folder, else a fresh one put there.
  static func recipients(
    _ files: [String], _ reporter: StatusReporter
  ) throws -> [OperatorPublicKey] {
    guard files.isEmpty else {
      return try files.map { try OperatorKeyStore.loadPublic(FilePath($0)) }
    }
    let store = OperatorKeyStore.standard()
    let known = try store.publicKeys()
    guard known.isEmpty else { return known }
    let (key, path) = try store.create(name: "simulation")
    reporter.say("made the key \(path)")
    return [key.publicKey]
  }
}

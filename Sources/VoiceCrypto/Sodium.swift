internal import CSodium

/// Start-up of libsodium, needed before any other call of it.
enum Sodium {
  private static let started = sodium_init() >= 0

  static func start() throws(VoiceCryptoError) {
    guard started else { throw .library("sodium_init") }
  }
}

internal import CCrypto
internal import CSodium

/// The C libraries that encryption goes through.
package enum CryptoLibraries {
  /// Name and version of each, as the libraries themselves say.
  package static var versions: [(name: String, version: String)] {
    [
      ("libsodium", String(cString: sodium_version_string())),
      ("libcrypto", String(cString: OpenSSL_version(OPENSSL_VERSION))),
    ]
  }
}

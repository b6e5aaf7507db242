/// What people compare to know that nobody listens in between (DAVE protocol, "Displayable Codes").
package enum DAVECodes {
  /// The call's privacy code: 30 digits in six groups, from the 32 bytes of the epoch authenticator.
  package static func privacyCode(epochAuthenticator: [UInt8]) -> String? {
    digits(of: epochAuthenticator, groups: 6)
  }

  /// - Parameter bytes: at least five for each group.
  static func digits(of bytes: [UInt8], groups: Int) -> String? {
    guard bytes.count >= groups * 5 else { return nil }
    return (0..<groups).map { group in
      let value = bytes[group * 5..<group * 5 + 5].reduce(0) { $0 << 8 | UInt64($1) } % 100_000
      let digits = String(value)
      return String(repeating: "0", count: 5 - digits.count) + digits
    }.joined(separator: " ")
  }
}

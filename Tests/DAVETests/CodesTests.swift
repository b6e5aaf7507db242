import Testing

@testable import DAVE

/// Codes that people compare; the expected ones were made by another implementation of scrypt.
@Suite struct CodesTests {
  @Test func thePrivacyCodeIsSixGroupsOfTheEpochAuthenticator() {
    let authenticator = (0..<32).map { UInt8(100 + $0) }
    #expect(
      DAVECodes.privacyCode(epochAuthenticator: authenticator)
        == "39560 91085 42610 94135 45660 97185")
    #expect(
      DAVECodes.privacyCode(epochAuthenticator: [UInt8](repeating: 0, count: 32))
        == "00000 00000 00000 00000 00000 00000")
    #expect(DAVECodes.privacyCode(epochAuthenticator: [1, 2, 3]) == nil)
  }

  @Test func theFingerprintIsTheSameInEitherOrder() throws {
    let one = PairwiseFingerprint.Member(user: 10, signatureKey: [4] + (0..<64))
    let other = PairwiseFingerprint.Member(user: 20, signatureKey: [4] + (0..<64).reversed())
    let fingerprint = try PairwiseFingerprint.make(one, other)
    #expect(fingerprint.prefix(8) == [85, 143, 197, 28, 254, 141, 5, 6])
    #expect(
      PairwiseFingerprint.digits(of: fingerprint)
        == "80062 99796 94216 55253 41222 25657 90231 72191 94866")
    #expect(try PairwiseFingerprint.make(other, one) == fingerprint)
  }
}

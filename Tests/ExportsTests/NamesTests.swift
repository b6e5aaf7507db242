import Render
import TestSupport
import Testing

@testable import Exports

@Suite struct NamesTests {
  @Test func labelsAreWhatEveryReaderTakes() {
    let labels = Labels(pseudonymKey: nil)
    #expect(labels.session("20261124T090002Z-41-42") == "20261124t090002z_41_42")
    #expect(
      labels.speaker(user: "80351110224678912", track: "x", captureID: "c") == "80351110224678912")
    // Somebody never learned is not the same person in another session.
    let one = labels.speaker(user: nil, track: "ssrc-4711", captureID: "A-1")
    #expect(one == "ssrc4711.a_1")
    #expect(one != labels.speaker(user: nil, track: "ssrc-4711", captureID: "A-2"))
    #expect(
      labels.session("a b\"\n\u{1F600}").allSatisfy {
        "abcdefghijklmnopqrstuvwxyz0123456789_.".contains($0)
      })
  }

  @Test func pseudonymsGoByKeyAndId() {
    let key = [UInt8](0..<32)
    let labels = Labels(pseudonymKey: key)
    let name = labels.speaker(user: "80351110224678912", track: "t", captureID: "one")
    #expect(name == labels.speaker(user: "80351110224678912", track: "u", captureID: "two"))
    #expect(name.count == 17 && name.first == "p")
    #expect(!name.contains("8035"))
    // HMAC-SHA-256 by Python's hmac module, of "user\0" and the id.
    #expect(name == "p" + Self.expected)
    #expect(
      name
        != Labels(pseudonymKey: key.reversed()).speaker(
          user: "80351110224678912", track: "t", captureID: "one"))
    #expect(labels.session("one") != "s" + name.dropFirst())
  }

  private static let expected = "ffcb4bcae61b8138"

  @Test(arguments: [
    (Int64(0), 16_000, 6, "0.000000"), (1, 16_000, 6, "0.000063"), (16_000, 16_000, 3, "1.000"),
    (15_999, 16_000, 3, "1.000"), (15_991, 16_000, 3, "0.999"), (47_999, 48_000, 6, "0.999979"),
    (5, 10, 0, "1"), (123_456_789_012, 16_000, 6, "7716049.313250"),
  ])
  func seconds(_ samples: Int64, _ rate: Int, _ decimals: Int, _ text: String) {
    #expect(Seconds.text(samples, rate: rate, decimals: decimals) == text)
  }

  @Test func tracksSortAsTheirSpeakersDo() {
    // "1" is the beginning of "10" and of "1.a": joined by a hyphen, below all that labels have.
    let speakers = ["10", "1", "1.a", "1_", "a", "9", "100"]
    let tracks = speakers.flatMap { speaker in
      ["s1", "s"].map {
        CorpusTrack(
          speaker: speaker, session: $0, audio: "", sampleRate: 1, samples: 1, pieces: [])
      }
    }
    let names = tracks.map(\.recording).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let bySpeaker = names.map { $0.split(separator: "-")[0] }
    #expect(bySpeaker == bySpeaker.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }
}

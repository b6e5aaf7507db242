import CaptureLog
import JSONValues
import Testing

@testable import Recorder

@Suite("Call book")
struct CallBookTests {
  private func state(
    _ user: Int, in channel: Int?, nick: String? = nil, bot: Bool = false, camera: Bool = false
  ) -> JSONValue {
    [
      "user_id": .string("\(user)"), "channel_id": channel.map { .string("\($0)") } ?? .null,
      "self_video": .bool(camera),
      "member": [
        "nick": nick.map { .string($0) } ?? .null,
        "user": [
          "id": .string("\(user)"), "username": .string("u\(user)"), "global_name": "Global",
          "bot": .bool(bot),
        ],
      ],
    ]
  }

  @Test("Comings, names, cameras, goings")
  func people() {
    var book = CallBook(own: 99, channel: 5)
    #expect(
      book.apply(voiceState: state(1, in: 5, nick: "Nick")) == [
        .named(1, ProfileNames(nick: "Nick", global: "Global", username: "u1")), .joined(1),
      ])
    #expect(book.apply(voiceState: state(1, in: 5, nick: "Nick")) == [])
    #expect(
      book.apply(voiceState: state(1, in: 5, nick: "Nick", camera: true)) == [
        .camera(1, isOn: true)
      ])
    #expect(book.people[0].names.displayName == "Nick")
    #expect(
      book.apply(voiceState: state(1, in: 6, nick: "Nick")) == [
        .left(1), .camera(1, isOn: false),
      ])
    // Elsewhere, and never here: no business of ours. Neither are we ourselves.
    #expect(book.apply(voiceState: state(2, in: 6)) == [])
    #expect(book.apply(voiceState: state(99, in: 5)) == [])
    #expect(book.people.count == 1)
    #expect(book.present.isEmpty)
  }

  @Test("The voice gateway and the main gateway may say it in any order")
  func order() {
    var book = CallBook(own: 99, channel: 5)
    #expect(book.connected([1, 2, 99]) == [.joined(1), .joined(2)])
    #expect(
      book.apply(voiceState: state(2, in: 5, bot: true)) == [
        .named(2, ProfileNames(global: "Global", username: "u2", isBot: true))
      ])
    #expect(book.present.count { $0.names.isBot } == 1)
    #expect(book.disconnected(1) == [.left(1)])
    #expect(book.disconnected(1) == [])
    #expect(book.apply(voiceState: state(2, in: nil, bot: true)) == [.left(2)])
    #expect(book.disconnected(2) == [])
  }

  @Test("In another channel nobody of the old one is there")
  func moves() {
    var book = CallBook(own: 99, channel: 5)
    _ = book.apply(voiceState: state(1, in: 5))
    #expect(book.move(to: 6) == [.left(1)])
    #expect(book.apply(voiceState: state(1, in: 6)) == [.joined(1)])
  }

  @Test("Hostile voice states change nothing or little")
  func hostile() {
    var book = CallBook(own: 99, channel: 5)
    for json in [
      .null, [], ["user_id": "x"], ["user_id": .integer(-4)], ["user_id": ["a"]],
      ["user_id": "18446744073709551616"],
    ] as [JSONValue] {
      #expect(book.apply(voiceState: json) == [])
    }
    let long = String(repeating: "\u{202E}n", count: 100_000)
    _ = book.apply(voiceState: state(1, in: 5, nick: long))
    #expect((book.people[0].names.nick?.unicodeScalars.count ?? 0) <= 128)
    for user in 0..<20_000 { _ = book.connected([UInt64(user) + 1000]) }
    #expect(book.people.count <= 5000)
  }
}

import Testing

@testable import Recorder

@Suite("Notice")
struct NoticeTests {
  private let facts = NoticeText.Facts(
    operatorName: "Tapedeck", channel: "Listening Room", retention: "P30D")

  @Test("The usual text says who, how long and how to object")
  func usual() {
    let text = NoticeText.text(Notice(), facts)
    #expect(text.contains("recorded** by Tapedeck"))
    #expect(text.contains("Kept: 30 days"))
    #expect(text.contains("ask Tapedeck not to record you"))
    #expect(!text.contains("{"))
  }

  @Test("The operator's words win")
  func words() {
    let notice = Notice(
      operatorName: "Radio Club", retention: "a week", objection: "Write to ada@example.org.")
    let text = NoticeText.text(notice, facts)
    #expect(text.contains("by Radio Club"))
    #expect(text.contains("Kept: a week"))
    #expect(text.contains("Write to ada@example.org."))
    let template = Notice(template: "{channel}: {operator} {retention} {unknown}")
    #expect(NoticeText.text(template, facts) == "Listening Room: Tapedeck 30 days {unknown}")
    let long = NoticeText.text(Notice(template: String(repeating: "é", count: 5000)), facts)
    #expect(long.unicodeScalars.count == 2000)
  }

  @Test("Retention in words")
  func retention() {
    #expect(NoticeText.words(ofDuration: "P1D") == "1 day")
    #expect(NoticeText.words(ofDuration: "P2W") == "2 weeks")
    #expect(NoticeText.words(ofDuration: "P1Y") == "1 year")
    #expect(NoticeText.words(ofDuration: "PT5H30M") == "PT5H30M")
    #expect(NoticeText.words(ofDuration: "") == "")
    let none = NoticeText.text(
      Notice(), NoticeText.Facts(operatorName: "x", channel: "y", retention: nil))
    #expect(none.contains("until the operator deletes it"))
  }

  @Test("The nickname has at most 32 characters and its prefix once")
  func nickname() {
    #expect(NoticeText.nickname(prefix: "[REC] ", name: "Tape") == "[REC] Tape")
    #expect(NoticeText.nickname(prefix: "[REC] ", name: "[REC] Tape") == "[REC] Tape")
    let long = NoticeText.nickname(prefix: "[REC] ", name: String(repeating: "x", count: 40))
    #expect(long.count == 32)
  }

  @Test("Posted again for those who came later, at most every 15 minutes")
  func schedule() {
    let minute: Int64 = 60_000_000_000
    var schedule = NoticeSchedule(isRepeated: true, present: [1, 2], now: 0)
    #expect(!schedule.isDue(at: 60 * minute))
    schedule.joined(1)
    #expect(!schedule.isDue(at: 60 * minute))
    schedule.joined(3)
    #expect(!schedule.isDue(at: 15 * minute - 1))
    #expect(schedule.isDue(at: 15 * minute))
    // Who is gone again needs no post.
    schedule.left(3)
    #expect(!schedule.isDue(at: 20 * minute))
    schedule.joined(4)
    #expect(schedule.isDue(at: 20 * minute))
    schedule.posted(at: 20 * minute)
    schedule.joined(4)
    schedule.joined(5)
    #expect(!schedule.isDue(at: 34 * minute))
    #expect(schedule.isDue(at: 35 * minute))
    var once = NoticeSchedule(isRepeated: false, present: [], now: 0)
    once.joined(9)
    #expect(!once.isDue(at: 100 * minute))
  }
}

import TestSupport
import Testing

@testable import tapedeck

@Suite struct LiveViewTests {
  static func status(speakers: Int = 3, name: String? = nil) -> LiveStatus {
    var status = LiveStatus()
    status.guild = name ?? "Tape Club"
    status.channel = name ?? "Listening Room"
    status.elapsed = 3723.4
    status.connection = .recording
    status.endToEnd = .on(privacyCode: name ?? "00000 11111")
    status.packets = 1_234_567
    status.bytes = 53_000_000
    status.diskFree = 40_000_000_000
    status.warnings = [name ?? "the disk is nearly full"]
    for index in 0..<speakers {
      var speaker = LiveStatus.Speaker(id: "\(index)", name: name ?? "speaker \(index)")
      speaker.isBot = index == 1
      speaker.isTalking = index % 3 == 2
      speaker.packets = Int64(index * 1000)
      speaker.lost = Int64(index * 7)
      status.speakers.append(speaker)
    }
    return status
  }

  @Test func showsEverything() {
    let lines = LiveView(width: 80, height: 24).lines(Self.status())
    #expect(
      lines == [
        "REC 1:02:03  Tape Club / Listening Room",
        "1,234,567 packets  53.0 MB  40.0 GB free  E2EE on, privacy code 00000 11111",
        "! the disk is nearly full",
        "  SPEAKER             PACKETS    LOSS",
        "  speaker 0                 0   0.0 %",
        "  speaker 1 (bot)       1,000   0.7 %",
        "> speaker 2             2,000   0.7 %",
        "m mark   s stop",
      ])
  }

  @Test func fitsEveryTerminal() {
    for width in [0, 1, 20, 21, 33, 60, 80, 132, 500] {
      for height in [0, 1, 4, 5, 6, 10, 24, 100] {
        for speakers in [0, 1, 3, 25, 60] {
          let lines = LiveView(width: width, height: height).lines(Self.status(speakers: speakers))
          #expect(lines.count <= max(height, 4) - 1)
          #expect(lines.allSatisfy { Terminal.columns($0) <= max(width, 20) - 1 })
          #expect(lines[0].hasPrefix("REC 1:02:03"))
          #expect(lines.contains { $0.hasPrefix("! ") })
        }
      }
    }
  }

  @Test func whoTalksIsShownFirst() {
    var status = Self.status(speakers: 40)
    for index in status.speakers.indices { status.speakers[index].isTalking = index >= 35 }
    let lines = LiveView(width: 80, height: 15).lines(status)
    #expect(lines.filter { $0.hasPrefix("> ") }.count == 5)
    #expect(lines.contains("  and 32 more"), "\(lines)")
  }

  @Test(arguments: HostileNames.all)
  func hostileNamesStayInTheirLine(name: String) {
    for width in [24, 60, 120] {
      let lines = LiveView(width: width, height: 24).lines(Self.status(name: name))
      #expect(lines.count == 8)
      for line in lines {
        #expect(!line.unicodeScalars.contains(where: HostileNames.isHarmful), "\(line)")
        #expect(!line.contains("\n"))
        #expect(Terminal.columns(line) < width)
      }
    }
    var plain = PlainView()
    for line in plain.lines(Self.status(name: name)) {
      #expect(!line.unicodeScalars.contains(where: HostileNames.isHarmful), "\(line)")
      #expect(!line.contains("\n"))
    }
  }

  @Test func plainLinesTellChanges() {
    var view = PlainView()
    var status = LiveStatus()
    (status.guild, status.channel) = ("Tape Club", "Listening Room")
    #expect(view.lines(status) == ["joining Tape Club / Listening Room"])
    #expect(view.lines(status).isEmpty)
    status.connection = .recording
    #expect(
      view.lines(status) == ["recording Tape Club / Listening Room"])
    status.endToEnd = .on(privacyCode: "12345")
    status.speakers = [.init(id: "7", name: "Alice")]
    status.warnings = ["nothing opens"]
    status.elapsed = 10
    #expect(
      view.lines(status) == ["E2EE on, privacy code 12345", "heard: Alice (7)"])
    // Alerts are told by whoever gets them, once.
    status.warnings = []
    status.elapsed = 59.9
    #expect(view.lines(status).isEmpty)
    status.elapsed = 60.1
    status.packets = 300
    #expect(view.lines(status) == ["01:00, 0 talking, 300 packets, 0 bytes"])
    status.elapsed = 61
    #expect(view.lines(status).isEmpty)
    status.connection = .reconnecting
    #expect(view.lines(status) == ["the connection is lost; reconnecting"])
  }

  @Test(arguments: [
    (0, "00:00"), (59.99, "00:59"), (3600, "1:00:00"), (-5, "00:00"), (.nan, "00:00"),
    (.infinity, "00:00"), (360_000, "100:00:00"),
  ])
  func clock(seconds: Double, text: String) {
    #expect(LiveStatus.clock(seconds) == text)
  }

  @Test(
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (-1000, "-1,000"), (1_234_567, "1,234,567"),
      (.max, "9,223,372,036,854,775,807"), (-999, "-999"),
    ] as [(Int64, String)])
  func numbers(value: Int64, text: String) {
    #expect(LiveStatus.number(value) == text)
  }
}

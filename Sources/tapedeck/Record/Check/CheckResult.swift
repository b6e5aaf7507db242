internal import JSONValues

/// What a trial recording came to, speaker by speaker.
struct CheckResult: Equatable {
  struct Speaker: Equatable {
    /// Packets of two seconds.
    private static let excused: Int64 = 100

    var name: String
    var userID: String
    /// Packets that came.
    var packets: Int64
    /// Packets that became sound.
    var decoded: Int64
    /// Those that no key of ours opened.
    var unopened: Int64
    /// Lost on the way.
    var lost: Int64
    /// Mean level while they talked, dB below full scale; nil: nothing to measure.
    var level: Double?

    var isHeard: Bool { packets > 0 }
    /// What was said before the bot was in the group nobody who joins can open: that much is
    /// excused.
    var isDecodable: Bool {
      decoded >= 10 && decoded * 10 >= (packets - min(unopened, Self.excused)) * 9
    }
    var loss: Double { packets + lost > 0 ? Double(lost) / Double(packets + lost) : 0 }
  }

  var speakers: [Speaker]
  /// People in the channel who sent nothing.
  var silent: [String]
  /// Datagrams of speech that came in all.
  var packets: Int64
  /// What the recorder warned of.
  var alerts: [String]

  /// What is in the way, most important first; empty when all is well.
  var obstacles: [String] {
    var result = alerts
    if speakers.isEmpty {
      result.append(
        packets > 0
          ? "packets came, but nobody is known who sent them"
          : silent.isEmpty
            ? "nobody else is in the channel: have somebody join and talk"
            : "nobody was heard: have somebody talk; if somebody did, look at the firewall (UDP)")
    }
    for speaker in speakers where !speaker.isDecodable {
      let name = Terminal.escaped(speaker.name, limit: 40)
      result.append(
        speaker.unopened > 0
          ? "\(name) is heard, but \(speaker.unopened) of \(speaker.packets) packets do not open: "
            + "the end-to-end keys are missing"
          : "\(name) is heard, but cannot be decoded")
    }
    for speaker in speakers where speaker.isDecodable {
      let name = Terminal.escaped(speaker.name, limit: 40)
      if speaker.loss > 0.05 {
        result.append("\(name): \(LiveStatus.percent(speaker.loss)) of the packets are lost")
      }
      if let level = speaker.level, level < -55 {
        result.append("\(name) is very quiet: is the microphone the right one?")
      }
    }
    return result
  }

  /// 0 when all who were heard can be decoded; 75 when nothing can be said yet, or something fails.
  var status: ExitStatus {
    !speakers.isEmpty && speakers.allSatisfy(\.isDecodable) ? .done : .tempFail
  }

  var lines: [String] {
    let table = ColumnTable(
      [
        .init(title: "SPEAKER", isFlexible: true), .init(title: "HEARD"),
        .init(title: "DECODABLE"), .init(title: "LEVEL", isNumber: true),
        .init(title: "LOSS", isNumber: true),
      ],
      rows: speakers.map { speaker in
        [
          speaker.name, speaker.isHeard ? "yes" : "no", speaker.isDecodable ? "yes" : "NO",
          speaker.level.map { "\(Int($0.rounded())) dBFS" } ?? "-",
          LiveStatus.percent(speaker.loss),
        ]
      } + silent.map { [$0, "no", "-", "-", "-"] })
    let found = obstacles
    return table.lines(width: nil)
      + (found.isEmpty ? ["All who talked are heard and can be decoded."] : found.map { "! " + $0 })
  }

  var fields: [String: JSONValue] {
    [
      "speakers": .array(
        speakers.map { speaker in
          [
            "user": .string(speaker.userID), "heard": .bool(speaker.isHeard),
            "decodable": .bool(speaker.isDecodable), "packets": .integer(speaker.packets),
            "level_dbfs": speaker.level.map { .number(($0 * 10).rounded() / 10) } ?? .null,
            "loss": .number((speaker.loss * 1000).rounded() / 1000),
          ]
        }),
      "silent": .integer(Int64(silent.count)),
      "obstacles": .array(obstacles.map { .string($0) }),
    ]
  }
}

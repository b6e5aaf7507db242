import JSONValues
import SystemPackage
import TestSupport
import Testing

@testable import Exports
@testable import Render

/// What each format's readers trip over.
@Suite struct FormatTests {
  private let temporary: TemporaryFolder
  private let fixture: RenderFixture

  init() throws {
    temporary = try TemporaryFolder()
    fixture = RenderFixture(root: temporary.path.appending("renders"))
  }

  private func export(
    _ format: ExportFormat, _ sessions: [FilePath],
    _ change: (inout ExportOptions) -> Void = { _ in }
  ) throws -> FilePath {
    var options = ExportOptions()
    change(&options)
    let folder = temporary.path.appending("out-\(format.rawValue)")
    _ = try ExportJob(sessions: sessions, format: format, options: options).run(to: folder)
    return folder
  }

  /// Two sessions: one user in both, one who is silent, one never learned.
  private func sessions() throws -> [FilePath] {
    [
      try fixture.render(
        "20261124T090002Z-41-42",
        [
          .init(user: "10", spurts: [1...2, 2.1...3, 10...40]), .init(user: "9", spurts: []),
          .init(user: nil, spurts: [0...0.5]),
        ]),
      try fixture.render(
        "20261125T090002Z-41-42", [.init(user: "1"), .init(user: "10", spurts: [59.5...60])]),
    ]
  }

  @Test func kaldiIsSortedAndWhole() throws {
    let folder = try export(.kaldi, sessions())
    let scp = try RenderFixture.lines(folder.appending("wav.scp")).map(Self.fields)
    let segments = try RenderFixture.lines(folder.appending("segments")).map(Self.fields)
    let utterances = try RenderFixture.lines(folder.appending("utt2spk")).map(Self.fields)
    for lines in [scp, segments, utterances] {
      let keys = lines.map { $0[0] }
      #expect(keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      #expect(Set(keys).count == keys.count && !keys.isEmpty)
    }
    #expect(utterances.allSatisfy { $0.count == 2 && $0[0].hasPrefix($0[1] + "-") })
    let speakers = utterances.map { $0[1] }
    #expect(speakers == speakers.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    // The silent one is nowhere.
    #expect(Set(scp.map { $0[0] }) == Set(segments.map { $0[1] }))
    #expect(!scp.contains { $0[0].hasPrefix("9-") })
    #expect(scp.allSatisfy { $0.count == 2 && $0[1].hasPrefix("/") })
    #expect(segments.map { $0[0] } == utterances.map { $0[0] })
    #expect(segments.allSatisfy { Double($0[2])! < Double($0[3])! && Double($0[3])! <= 60 })
    let inverse = try RenderFixture.lines(folder.appending("spk2utt")).map(Self.fields)
    #expect(inverse.flatMap { line in line.dropFirst().map { [$0, line[0]] } } == utterances)
    #expect(
      try RenderFixture.lines(folder.appending("reco2dur")).map(Self.fields)
        == scp.map { [$0[0], "60.000000"] })
  }

  @Test func kaldiRefusesBlanksInPaths() throws {
    let fixture = RenderFixture(root: temporary.path.appending("my renders"))
    let session = try fixture.render("a", [.init(user: "1")])
    #expect { try export(.kaldi, [session]) } throws: { ($0 as? RenderError)?.code == .usage }
    let folder = try export(.kaldi, [session]) { $0.audio = .link }
    #expect(try RenderFixture.lines(folder.appending("wav.scp")) == ["1-a \(folder)/audio/1-a.wav"])
    #expect(FileSystem.size(folder.appending("audio/1-a.wav")) == 44)
  }

  @Test func nemoSaysNoSamplingRate() throws {
    let folder = try export(.nemo, sessions()) { $0.audio = .link }
    let lines = try RenderFixture.lines(folder.appending("manifest.json")).map {
      try JSONValue(parsing: Array($0.utf8))
    }
    #expect(lines.count == 6)
    for line in lines {
      #expect(line["sampling_rate"] == nil)
      #expect(line["text"] == .string(""))
      let path = try #require(line["audio_filepath"]?.string)
      #expect(path.hasPrefix("audio/") && FileSystem.exists(folder.appending(path)))
      let duration = try #require(line["duration"]?.number)
      #expect(duration > 0 && duration <= 28)
    }
  }

  @Test func nemoDiarizationWantsAMix() throws {
    #expect { try export(.nemoDiarization, sessions()) } throws: {
      ($0 as? RenderError)?.code == .noInput
    }
    let session = try fixture.render("m", [.init(user: "1"), .init(user: "2")]) {
      $0.mix = Manifest.Mix(file: "mix.wav", samples: 960_000, sha256: "", gain: 1)
    }
    try FileSystem.write([1], to: session.appending("mix.wav"))
    let folder = try export(.nemoDiarization, [session])
    let line = try JSONValue(
      parsing: Array(try RenderFixture.lines(folder.appending("manifest.json"))[0].utf8))
    #expect(line["audio_filepath"] == .string("audio/m.wav"))
    #expect(line["num_speakers"] == .integer(2))
    #expect(line["uniq_id"] == .string("m"))
    #expect(
      try RenderFixture.lines(folder.appending("rttm/m.rttm")) == [
        "SPEAKER m 1 1.000 2.000 <NA> <NA> 1 <NA> <NA>",
        "SPEAKER m 1 1.000 2.000 <NA> <NA> 2 <NA> <NA>",
      ])
    #expect(try RenderFixture.lines(folder.appending("uem/m.uem")) == ["m 1 0.000 60.000"])
  }

  @Test func aMixIsOfAllWhoAreHeard() throws {
    let change: (inout Manifest, [Manifest.Event]) -> Void = {
      $0.mix = Manifest.Mix(file: "mix.wav", samples: 960_000, sha256: "", gain: 1)
      $0.events = $1
    }
    let bots = try fixture.render("b", [.init(user: "1"), .init(user: "2", isBot: true)]) {
      change(&$0, [])
    }
    try FileSystem.write([1], to: bots.appending("mix.wav"))
    let folder = try export(.nemoDiarization, [bots])
    #expect(try RenderFixture.lines(folder.appending("rttm/b.rttm")).count == 2)
    let objection = Manifest.Event(
      at: 0, kind: "exclusion", fields: ["user": "2", "excluded": true])
    let objected = try fixture.render("o", [.init(user: "1"), .init(user: "2")]) {
      change(&$0, [objection])
    }
    try FileSystem.write([1], to: objected.appending("mix.wav"))
    #expect {
      _ = try ExportJob(sessions: [objected], format: .nemoDiarization)
        .run(to: temporary.path.appending("none"))
    } throws: { ($0 as? RenderError)?.code == .usage }
  }

  @Test func rttmBridgesShortPausesAndNeverOverlaps() throws {
    let folder = try export(.rttm, sessions())
    let lines = try RenderFixture.lines(folder.appending("speakers.rttm")).map(Self.fields)
    #expect(lines.allSatisfy { $0.count == 10 && $0[0] == "SPEAKER" && Double($0[4])! > 0 })
    let first = lines.filter { $0[1] == "20261124t090002z_41_42" && $0[7] == "10" }
    #expect(first.map { [$0[3], $0[4]] } == [["1.000", "2.000"], ["10.000", "30.000"]])
  }

  @Test func rttmDropsTurnsThatRoundToNothing() {
    let track = CorpusTrack(
      speaker: "1", session: "s", audio: "", sampleRate: 16_000, samples: 100,
      pieces: [SampleRange(start: 0, end: 5), SampleRange(start: 16, end: 32)])
    let session = CorpusSession(label: "s", sampleRate: 16_000, samples: 100, mix: nil)
    #expect(
      RTTMWriter.lines(session, [track]) == ["SPEAKER s 1 0.001 0.001 <NA> <NA> 1 <NA> <NA>"])
  }

  @Test func lhotseKeepsWithinItsRecordings() throws {
    let folder = try export(.lhotse, sessions())
    var lengths: [String: Double] = [:]
    for line in try RenderFixture.lines(folder.appending("recordings.jsonl")) {
      let recording = try JSONValue(parsing: Array(line.utf8))
      lengths[try #require(recording["id"]?.string)] = recording["duration"]?.number
      #expect(recording["num_samples"] == .integer(960_000))
      #expect(recording["sources"]?.array?.first?["source"]?.string?.hasPrefix("/") == true)
    }
    var ids: Set<String> = []
    for line in try RenderFixture.lines(folder.appending("supervisions.jsonl")) {
      let supervision = try JSONValue(parsing: Array(line.utf8))
      let length = try #require(lengths[supervision["recording_id"]?.string ?? ""])
      let start = try #require(supervision["start"]?.number)
      let duration = try #require(supervision["duration"]?.number)
      #expect(start >= 0 && duration > 0 && start + duration <= length + 1e-6)
      #expect(ids.insert(try #require(supervision["id"]?.string)).inserted)
    }
  }

  @Test func speechBrainHasNoDollarBesidesItsOwn() throws {
    let folder = try export(.speechbrain, sessions()) { $0.audio = .link }
    let lines = try RenderFixture.lines(folder.appending("data.csv"))
    #expect(lines[0] == "ID,duration,wav,start,stop,spk_id,wrd")
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      #expect(fields.count == 7 && fields[2].hasPrefix("$data_root/audio/"))
    }
    let dollar = RenderFixture(root: temporary.path.appending("a$5"))
    let session = try dollar.render("a", [.init(user: "1")])
    #expect {
      _ = try ExportJob(sessions: [session], format: .speechbrain).run(
        to: temporary.path.appending("o"))
    } throws: { ($0 as? RenderError)?.code == .usage }
  }

  @Test func audioFoldersHaveASplit() throws {
    let folder = try export(.audiofolder, sessions())
    #expect(try FileSystem.list(folder) == ["export.json", "train"])
    for line in try RenderFixture.lines(folder.appending("train/metadata.jsonl")) {
      let row = try JSONValue(parsing: Array(line.utf8))
      let name = try #require(row["file_name"]?.string)
      #expect(FileSystem.exists(folder.appending("train").appending(name)))
      #expect(row["speaker"]?.string != nil)
    }
  }

  @Test func textGridsHaveNoHoles() throws {
    let pieces = [SampleRange(start: 0, end: 5), SampleRange(start: 8, end: 10)]
    let intervals = TextGridWriter.intervals(pieces, until: 12)
    #expect(intervals.map(\.range.start) == [0, 5, 8, 10])
    #expect(intervals.map(\.range.end) == [5, 8, 10, 12])
    #expect(intervals.map(\.isSpeech) == [true, false, true, false])
    let folder = try export(.textgrid, sessions())
    let text = try RenderFixture.lines(folder.appending("20261125t090002z_41_42.TextGrid"))
    #expect(text.prefix(2) == ["File type = \"ooTextFile\"", "Object class = \"TextGrid\""])
    #expect(text.contains("    item [2]:"))
  }

  @Test func audacityLabelsAreTabbed() throws {
    let folder = try export(.audacity, sessions())
    #expect(
      try RenderFixture.lines(folder.appending("10-20261125t090002z_41_42.txt"))
        == ["59.500000\t60.000000\t10"])
  }

  private static func fields(_ line: String) -> [String] {
    line.split(separator: " ").map(String.init)
  }
}

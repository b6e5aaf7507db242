import JSONValues
import SystemPackage
import TestSupport
import Testing

@testable import Exports
@testable import Render

@Suite struct ExportJobTests {
  private let temporary: TemporaryFolder
  private let fixture: RenderFixture

  init() throws {
    temporary = try TemporaryFolder()
    fixture = RenderFixture(root: temporary.path.appending("renders"))
  }

  private var out: FilePath { temporary.path.appending("out") }

  private func run(
    _ sessions: [FilePath], _ format: ExportFormat = .kaldi, to folder: FilePath? = nil,
    _ change: (inout ExportOptions) -> Void = { _ in }
  ) throws -> ExportReport {
    var options = ExportOptions()
    change(&options)
    return try ExportJob(sessions: sessions, format: format, options: options)
      .run(to: folder ?? out)
  }

  private func code(_ body: () throws -> Void) -> RenderError.Code? {
    do { try body() } catch { return (error as? RenderError)?.code }
    return nil
  }

  @Test(arguments: ExportFormat.allCases)
  func theSameRendersGiveTheSameBytes(_ format: ExportFormat) throws {
    let sessions = try (1...4).map { index in
      let folder = try fixture.render(
        "s\(index)", [.init(user: "7"), .init(user: "\(index)0"), .init(user: nil)]
      ) { $0.mix = Manifest.Mix(file: "mix.wav", samples: 1, sha256: "", gain: 1) }
      try FileSystem.write([1], to: folder.appending("mix.wav"))
      return folder
    }
    let other = temporary.path.appending("other/out")
    let one = try run(sessions, format) { $0.split = .session }
    #expect(one.isNew && one.sessions == 4 && one.tracks == 12 && one.pieces == 12)
    _ = try run(sessions.reversed(), format, to: other) { $0.split = .session }
    var contents = try RenderFixture.contents(out)
    let others = try RenderFixture.contents(other).mapValues { bytes in
      // Linked audio is named by the folder's path.
      Array(String(decoding: bytes, as: UTF8.self).replacing(other.string, with: out.string).utf8)
    }
    contents = contents.mapValues { Array(String(decoding: $0, as: UTF8.self).utf8) }
    #expect(contents == others)
    let again = try run(sessions, format) { $0.split = .session }
    #expect(!again.isNew && again.tracks == one.tracks && again.pieces == one.pieces)
  }

  @Test func filtersLeaveOutAndSaySo() throws {
    let session = try fixture.render(
      "s",
      [
        .init(user: "1"), .init(user: "2", isBot: true), .init(user: "3", spurts: []),
        .init(user: "4", spurts: [1...1.5]), .init(user: "5", lost: 30, placed: 70),
        .init(user: "6"), .init(user: "7"),
      ]
    ) { manifest in
      let objection: (String, Bool) -> Manifest.Event = {
        .init(at: 0, kind: "exclusion", fields: ["user": .string($0), "excluded": .bool($1)])
      }
      manifest.events = [objection("6", true), objection("7", true), objection("7", false)]
    }
    let report = try run([session]) {
      $0.minimumSpeech = 1
      $0.maximumLoss = 0.2
    }
    #expect(report.omitted == [.bot: 1, .silent: 1, .speech: 1, .loss: 1, .objected: 1])
    let kept = try RenderFixture.lines(out.appending("spk2utt")).map { $0.split(separator: " ")[0] }
    #expect(kept == ["1", "7"])
    let all = try run([session], to: temporary.path.appending("all")) { $0.includesBots = true }
    #expect(all.omitted == [.silent: 1, .objected: 1])
  }

  @Test(arguments: ExportFormat.allCases)
  func pseudonymsLeaveNoIdAnywhere(_ format: ExportFormat) throws {
    let guild = "812345678901234567"
    let user = "923456789012345678"
    let id = "20261124T090002Z-\(guild)-\(guild)"
    let session = try fixture.render(id, [.init(user: user), .init(user: nil, ssrc: 55_555)]) {
      $0.mix = Manifest.Mix(file: "mix.wav", samples: 1, sha256: "", gain: 1)
    }
    try FileSystem.write([1], to: session.appending("mix.wav"))
    _ = try run([session], format) { $0.pseudonymKey = [UInt8](repeating: 7, count: 32) }
    let contents = try RenderFixture.contents(out)
    #expect(contents.count >= 2)
    for (name, bytes) in contents {
      let text = name + "\n" + String(decoding: bytes, as: UTF8.self)
      for secret in [guild, user, "20261124", "55555", "Zoë", "Guild", "Room"] {
        #expect(!text.contains(secret), "\(name) has \(secret)")
      }
    }
  }

  @Test func foldersInUseAreLeftAlone() throws {
    let sessions = [try fixture.render("a", [.init(user: "1")])]
    let other = [try fixture.render("b", [.init(user: "1")])]
    try FileSystem.makeFolders(out)
    try FileSystem.write([1], to: out.appending("letter.txt"))
    #expect(code { _ = try run(sessions) } == .usage)
    #expect(code { _ = try run(sessions) { $0.force = true } } == .usage)
    #expect(try FileSystem.list(out) == ["letter.txt"])
    FileSystem.removeFolder(out)
    _ = try run(sessions)
    #expect(code { _ = try run(other) } == .usage)
    #expect(code { _ = try run(sessions, .nemo) } == .usage)
    try FileSystem.write([1], to: out.appending("mine.txt"))
    #expect(try run(other, .nemo) { $0.force = true }.isNew)
    #expect(try FileSystem.list(out) == ["export.json", "manifest.json", "mine.txt"])
  }

  @Test func badInputIsNamed() throws {
    let session = try fixture.render("a", [.init(user: "1")])
    #expect(code { _ = try run([temporary.path.appending("none")]) } == .noInput)
    #expect(code { _ = try run([]) } == .usage)
    #expect(code { _ = try run([session, session]) } == .badInput)
    #expect(code { _ = try run([session]) { $0.pseudonymKey = [1] } } == .usage)
    #expect(code { _ = try run([session], .nemoDiarization) { $0.split = .speaker } } == .usage)
    #expect(
      code { _ = try run([session]) { $0.parts = [.init(name: "../x", weight: 1)] } } == .usage)
    let outside = try fixture.render("b", [.init(user: "1")]) { $0.speakers[0].file = "../a/1.wav" }
    #expect(code { _ = try run([outside]) } == .badInput)
    let impossible: [(String, (inout Manifest) -> Void)] = [
      ("rate", { $0.sampleRate = .max }), ("length", { $0.session.samples = .max }),
      ("id", { $0.capture.id = "" }), ("track", { $0.speakers[0].samples = .max }),
      ("user", { $0.speakers[0].userID = "1 2" }),
      ("mix", { $0.mix = Manifest.Mix(file: "../a/1.wav", samples: 1, sha256: "", gain: 1) }),
      ("root", { $0.mix = Manifest.Mix(file: "/etc/passwd", samples: 1, sha256: "", gain: 1) }),
    ]
    for (name, change) in impossible {
      let folder = try fixture.render(name, [.init(user: "1")], change: change)
      #expect(code { _ = try run([folder], .nemoDiarization) } == .badInput, "\(name)")
    }
    // Sums of hostile counts do not overflow.
    let counts = try fixture.render("counts", [.init(user: "1")]) {
      $0.speakers[0].packets.placed = .max
      $0.speakers[0].frames.lost = .max
    }
    let folder = temporary.path.appending("counts")
    #expect(try run([counts], to: folder) { $0.maximumLoss = 0.1 }.omitted == [.loss: 1])
    FileSystem.removeFolder(folder)
    let lost = try fixture.render("c", [.init(user: "1")]) { $0.speakers[0].file = "2.wav" }
    #expect(code { _ = try run([lost]) } == .noInput)
    let backward = try fixture.render("d", [.init(user: "1")]) {
      $0.speakers[0].segments = [.init(start: 5, end: 9), .init(start: 8, end: 10)]
    }
    #expect(code { _ = try run([backward]) } == .badInput)
    let long = try fixture.render("e", [.init(user: "1", spurts: [59...61])])
    #expect(code { _ = try run([long], .rttm) } == .badInput)
    // Nothing is left of any of these.
    #expect(try FileSystem.list(temporary.path) == ["renders"])
  }

  @Test func aCancelledExportLeavesNothing() throws {
    let session = try fixture.render("a", [.init(user: "1")])
    let cancellation = RenderCancellation()
    cancellation.cancel()
    #expect(
      code {
        _ = try ExportJob(sessions: [session], format: .kaldi)
          .run(to: out, cancellation: cancellation)
      } == .tryAgain)
    #expect(try FileSystem.list(temporary.path) == ["renders"])
  }

  @Test func holesAreCopied() throws {
    let source = temporary.path.appending("source")
    let file = try FileDescriptor.open(
      source, .readWrite, options: [.create], permissions: .ownerReadWrite)
    try file.writeAll(toAbsoluteOffset: 1 << 20, [1, 2, 3])
    try file.writeAll(toAbsoluteOffset: 3 << 20, [4])
    try file.close()
    let target = temporary.path.appending("target")
    try FileSystem.copySparse(source, to: target)
    #expect(
      try FileSystem.read(source, limit: 1 << 23) == FileSystem.read(target, limit: 1 << 23))
    #expect(throws: RenderError.self) { try FileSystem.copySparse(source, to: target) }
  }
}

import SystemPackage
import TestSupport
import Testing

@testable import Render

@Suite struct OutputFolderTests {
  private let temporary: TemporaryFolder
  private let cancellation = RenderCancellation()
  private let digest = String(repeating: "a", count: 64)
  private let parameters = String(repeating: "b", count: 64)

  init() throws { temporary = try TemporaryFolder() }

  private var destination: FilePath { temporary.path.appending("out") }

  private func plan(
    _ digest: String? = nil, _ parameters: String? = nil, id: String? = "c", force: Bool = false
  ) throws -> OutputPlan {
    try OutputFolder(path: destination).plan(
      captureID: id, captureDigest: digest ?? self.digest,
      parametersDigest: parameters ?? self.parameters, force: force)
  }

  /// Commits a render of one file.
  private func commit(_ plan: OutputPlan, text: String = "one") throws {
    let pending = try PendingFolder.make(for: destination, cancellation: cancellation)
    try FileSystem.write([UInt8](text.utf8), to: pending.path.appending("1.wav"))
    let done = DoneRecord(
      capture: Manifest.Capture(id: "c", digest: digest, complete: true),
      parameters: RenderOptions().parameters, parametersDigest: parameters,
      outputs: [
        DoneRecord.Output(file: "1.wav", bytes: Int64(text.utf8.count), sha256: "", digest: .file)
      ])
    try FileSystem.write(try JSONText.document(done), to: pending.path.appending("done.json"))
    try pending.commit(plan)
  }

  private func refuses(
    _ message: String, force: Bool = false, digest: String? = nil, parameters: String? = nil,
    id: String? = "c"
  ) {
    #expect {
      try plan(digest, parameters, id: id, force: force)
    } throws: { error in
      guard let error = error as? RenderError else { return false }
      return error.code == .usage && error.message.contains(message)
    }
  }

  @Test func aNewFolderAppearsWhole() throws {
    #expect(try plan() == .fill)
    try commit(.fill)
    #expect(temporary.entries() == ["out"])
    #expect(temporary.entries(in: destination) == ["1.wav", "done.json"])
  }

  @Test func foldersAboveAreMade() throws {
    let deep = temporary.path.appending("a/b/c")
    let pending = try PendingFolder.make(for: deep, cancellation: cancellation)
    try pending.commit(.fill)
    #expect(temporary.entries(in: temporary.path.appending("a/b")) == ["c"])
  }

  @Test func anEmptyFolderIsFilled() throws {
    _ = try temporary.makeFolder("out")
    #expect(try plan() == .fill)
    try commit(.fill)
    #expect(temporary.entries(in: destination) == ["1.wav", "done.json"])
  }

  @Test func theSameRenderIsSkipped() throws {
    try commit(.fill)
    #expect(try plan() == .skip)
    #expect(try plan(force: true) == .replace(ours: ["1.wav", "done.json"]))
  }

  @Test func aFolderOfSomebodyElseIsRefusedEvenWithForce() throws {
    let folder = try temporary.makeFolder("out")
    try temporary.write("mine", to: folder.appending("notes.txt"))
    refuses("is not empty")
    refuses("is not empty", force: true)
    try temporary.write("{}", to: folder.appending("done.json"))
    refuses("is not empty", force: true)
  }

  @Test func aFileInTheWayIsRefused() throws {
    try temporary.write("mine", to: destination)
    refuses("is not a folder", force: true)
  }

  @Test func anotherCaptureOrOtherParametersNeedForce() throws {
    try commit(.fill)
    refuses("of another capture", digest: "x", id: "d")
    refuses("of another capture", digest: "x", id: nil)
    refuses("of this capture, which has changed since", digest: "x")
    refuses("with other parameters", parameters: "x")
    #expect(try plan("x", force: true) == .replace(ours: ["1.wav", "done.json"]))
  }

  @Test func aFinishedRenderWithAMissingFileIsNotSkipped() throws {
    try commit(.fill)
    try temporary.write("longer", to: destination.appending("1.wav"))
    refuses("1.wav is missing or has another size")
  }

  @Test func forceReplacesOurFilesAndKeepsThoseOfOthers() throws {
    try commit(.fill)
    try temporary.write("words", to: destination.appending("transcript.txt"))
    try commit(try plan(force: true), text: "two")
    #expect(temporary.entries() == ["out"])
    #expect(temporary.entries(in: destination) == ["1.wav", "done.json", "transcript.txt"])
    #expect(try temporary.text(destination.appending("1.wav")) == "two")
    #expect(try temporary.text(destination.appending("transcript.txt")) == "words")
  }

  @Test func whatIsNotCommittedIsRemoved() throws {
    do {
      let pending = try PendingFolder.make(for: destination, cancellation: cancellation)
      try FileSystem.write([1], to: pending.path.appending("1.wav"))
      let names = temporary.entries()
      #expect(names.count == 1 && names[0].hasPrefix("out.tmp."))
    }
    #expect(temporary.entries().isEmpty)
  }

  @Test func aCancelledRenderIsNotCommitted() throws {
    cancellation.cancel()
    #expect(throws: RenderCancellation.error) { try commit(.fill) }
    #expect(temporary.entries().isEmpty)
  }

  @Test func aRenderThatCannotStopIsCleanedUpFromOutside() throws {
    let pending = try PendingFolder.make(for: destination, cancellation: cancellation)
    try FileSystem.write([1], to: pending.path.appending("1.wav"))
    cancellation.removeTemporaryFolders()
    #expect(temporary.entries().isEmpty)
    var refused = false
    do throws(RenderError) { try pending.commit(.fill) } catch { refused = true }
    #expect(refused)
  }

  @Test func whatFillsTheDiskIsSaidClearly() {
    for code in [28, 122, 27] as [Int32] {
      let error = FileSystem.failure("write", "/x", errno: code)
      #expect(error.code == .tryAgain && error.message.hasPrefix("no space left"))
    }
    #expect(FileSystem.failure("write", "/x", errno: 13).code == .notPermitted)
    #expect(FileSystem.failure("write", "/x", errno: 5).code == .tryAgain)
  }
}

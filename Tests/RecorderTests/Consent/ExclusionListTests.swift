import CaptureLog
import SystemPackage
import TestSupport
import Testing

@testable import Recorder

@Suite("Opt-out list")
struct ExclusionListTests {
  @Test("Ids, blanks and comments")
  func parse() throws {
    let text = "# who does not want it\n123\r\n  456  # asked on Monday\n\n"
    #expect(try ExclusionList.parse([UInt8](text.utf8), "list") == [123, 456])
    #expect(throws: CaptureError.self) {
      try ExclusionList.parse([UInt8]("12\nalice\n".utf8), "list")
    }
    #expect(throws: CaptureError.self) {
      try ExclusionList.parse([UInt8]("99999999999999999999999".utf8), "list")
    }
  }

  @Test("It is read again when it changes, and what cannot be read changes nothing")
  func refresh() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("1\n", to: "list")
    var list = try ExclusionList(fixed: [7], file: file)
    #expect(list.users == [1, 7])
    #expect(try list.refresh() == false)
    try folder.write("1\n2\n", to: "list")
    #expect(try list.refresh())
    #expect(list.users == [1, 2, 7])
    try folder.write("bob, please\n", to: "list")
    #expect(throws: CaptureError.self) { try list.refresh() }
    #expect(list.users == [1, 2, 7])
    #expect(throws: CaptureError.self) {
      try ExclusionList(fixed: [], file: folder.path.appending("nowhere"))
    }
  }
}

import DiscordREST
import JSONValues
import SystemPackage
import TestSupport
import Testing

@Suite("Files of messages")
struct AttachmentCallTests {
  private func attachment(
    _ client: DiscordClient, name: String = "notes.txt", size: Int64 = 5,
    url: String = "https://cdn.discordapp.com/attachments/1/2/notes.txt?ex=1"
  ) throws -> DiscordREST.Attachment {
    try DiscordREST.Attachment(
      json: [
        "id": "55", "filename": .string(name), "size": .integer(size), "url": .string(url),
      ], client: client)
  }

  @Test("The contents come without a token")
  func fetch() async throws {
    let script = try Script(.bytes(Array("hello".utf8)))
    let bytes = try await attachment(script.client).fetch()
    #expect(bytes == Array("hello".utf8))
    let request = script.transport.requests[0]
    #expect(request.line == "GET https://cdn.discordapp.com/attachments/1/2/notes.txt?ex=1")
    #expect(request.headers["authorization"] == nil)
  }

  @Test("Neither a size that is too large nor a lie about it is taken")
  func limits() async throws {
    let script = try Script(.bytes([UInt8](repeating: 0, count: 20)))
    let large = try attachment(script.client, size: 1000)
    let error = await #expect(throws: DiscordError.self) { try await large.fetch(limit: 10) }
    #expect(error?.kind == .fileTooLarge)
    #expect(script.lines == [])
    let lie = try await #require(throws: DiscordError.self) {
      try await attachment(script.client, size: 5).fetch(limit: 10)
    }
    #expect(lie.kind == .fileTooLarge)
  }

  @Test(
    "Only Discord's own addresses are read",
    arguments: [
      "http://cdn.discordapp.com/x", "https://evil.example/x", "file:///etc/passwd",
      "https://cdn.discordapp.com.evil.example/x", "https://cdn.discordapp.com@evil.example/x",
      "https://evildiscordapp.com/x", "http://127.0.0.1/x", "http://169.254.169.254/latest",
      "https://[::1]/x", "https://localhost/x", "", "x", "https://discord.com\\@evil.example/",
    ])
  func addresses(url: String) async throws {
    let script = try Script()
    let attachment = try attachment(script.client, url: url)
    await #expect(throws: DiscordError.self) { try await attachment.fetch() }
    #expect(script.lines == [])
  }

  @Test("Saved in a folder under its own name, or under a path; only its owner can read it")
  func save() async throws {
    let folder = try TemporaryFolder()
    let script = try Script(
      .bytes(Array("hello".utf8)), .bytes(Array("again".utf8)), .bytes(Array("third".utf8)))
    let attachment = try attachment(script.client)
    #expect(try await attachment.save(to: folder.path.string) == "\(folder.path)/notes.txt")
    // The name is taken: the attachment's id tells them apart.
    #expect(
      try await attachment.save(to: folder.path.string + "/") == "\(folder.path)/notes-55.txt")
    #expect(try folder.text("notes.txt") == "hello")
    #expect(try folder.text("notes-55.txt") == "again")
    let path = folder.path.appending("mine.txt").string
    #expect(try await attachment.save(to: path) == path)
    #expect(try folder.text("mine.txt") == "third")
  }

  @Test("Nothing is overwritten, also not through a link")
  func existing() async throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "mine.txt")
    let script = try Script()
    let attachment = try attachment(script.client)
    let path = folder.path.appending("mine.txt").string
    let error = await #expect(throws: DiscordError.self) {
      try await attachment.save(to: path)
    }
    #expect(error?.kind == .notPermitted)
    #expect(try folder.text("mine.txt") == "mine")
    await #expect(throws: DiscordError.self) {
      try await attachment.save(to: folder.path.appending("no/such/folder").string)
    }
    #expect(script.lines == [])
  }

  @Test("A failure leaves no half file")
  func failure() async throws {
    let folder = try TemporaryFolder()
    let script = try Script(.json(["message": "gone"], status: 404))
    let attachment = try attachment(script.client)
    await #expect(throws: DiscordError.self) { try await attachment.save(to: folder.path.string) }
    #expect(try folder.names() == [])
  }

  @Test(
    "A hostile name never leaves the folder",
    arguments: [
      "../../etc/passwd", "..", ".", "/etc/passwd", "a/b", "C:\\x\\y.txt", ".bashrc", "-rf",
      "a\nb", "\u{202E}gnp.exe", "\u{0}", "", " ", "con\u{7F}", "`id`", "$(id).txt",
      String(repeating: "n", count: 400) + ".txt", "\u{FEFF}..\u{FEFF}/x", "a\u{2028}.txt", "...",
    ])
  func hostile(name: String) async throws {
    let outer = try TemporaryFolder()
    try outer.makeFolder("inner")
    let script = try Script(.bytes(Array("hello".utf8)))
    let saved = try await attachment(script.client, name: name)
      .save(to: outer.path.appending("inner").string)
    #expect(try outer.names() == ["inner"])
    let names = try outer.names(in: "inner")
    #expect(names.count == 1)
    let file = try #require(names.first)
    #expect(saved == "\(outer.path)/inner/\(file)")
    #expect(!file.hasPrefix(".") && !file.hasPrefix("-"))
    #expect(file.utf8.count <= 200)
    #expect(
      file.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
      })
  }
}

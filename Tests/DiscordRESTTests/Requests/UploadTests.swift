internal import DiscordREST
internal import FoundationEssentials
internal import JSONValues
internal import TestSupport
internal import Testing

@Suite struct UploadTests {
  @Test func partsAsDiscordTakesThem() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)" + "/täpe.txt"
    try Data("from disk".utf8).write(to: URL(filePath: path))
    let (_, requests, _) = try await RequestTests.run([.answer(200, "{}")]) { client in
      try await client.request(
        .post, "/channels/1/messages", json: ["content": "hi", "nonce": 1],
        files: [
          FileUpload(
            name: "a\"b\r\n.flac", bytes: [1, 2, 3], contentType: "audio/flac", description: "sound"
          ),
          FileUpload(path: path),
        ])
    }
    let request = try #require(requests.first)
    let type = try #require(request.header("Content-Type"))
    let boundary = try #require(type.split(separator: "boundary=").last)
    let body = try #require(request.body)
    let bytes = try body.collect()
    #expect(bytes.count == body.length)
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: "--\(boundary)", omittingEmptySubsequences: false)
    #expect(parts.count == 5)
    #expect(parts.first == "" && parts.last == "--\r\n")
    let payload = try #require(parts[1].split(separator: "\r\n\r\n").last?.dropLast())
    let json = try JSONValue(parsing: String(payload))
    #expect(json["content"] == "hi")
    #expect(json["attachments"]?[0]?["description"] == "sound")
    #expect(
      parts[2].contains(
        "name=\"files[0]\"; filename=\"a'b__.flac\"\r\nContent-Type: audio/flac\r\n\r\n\u{1}\u{2}\u{3}\r\n"
      ))
    #expect(parts[3].contains("name=\"files[1]\"; filename=\"täpe.txt\""))
    #expect(parts[3].hasSuffix("\r\n\r\nfrom disk\r\n"))
  }

  @Test func aFileOverTheLimitIsRefusedBeforeAnythingIsSent() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)" + "/large.bin"
    try Data(count: 101).write(to: URL(filePath: path))
    var configuration = DiscordClient.Configuration()
    configuration.uploadLimit = 100
    for file in [
      FileUpload(path: path), FileUpload(name: "x", bytes: Array(repeating: 0, count: 101)),
    ] {
      let (error, requests, _) = try await RequestTests.failure(
        [.answer(200, "{}")], configuration: configuration
      ) { _ = try await $0.request(.post, "/channels/1/messages", files: [file]) }
      #expect(error.kind == .fileTooLarge)
      #expect(error.message.contains("100 bytes"))
      #expect(requests.isEmpty)
    }
  }

  @Test func whatIsNoFileIsRefused() async throws {
    let folder = try TemporaryFolder()
    for path in ["\(folder.path)", "\(folder.path)" + "/none", "/dev/zero"] {
      let (error, requests, _) = try await RequestTests.failure([.answer(200, "{}")]) {
        _ = try await $0.request(.post, "/channels/1/messages", files: [FileUpload(path: path)])
      }
      #expect(error.kind == .fileUnreadable)
      #expect(requests.isEmpty)
    }
  }

  @Test func elevenFilesAreTooMany() async throws {
    let file = FileUpload(name: "x", bytes: [])
    let (error, requests, _) = try await RequestTests.failure([.answer(200, "{}")]) {
      _ = try await $0.request(
        .post, "/channels/1/messages", files: Array(repeating: file, count: 11))
    }
    #expect(error.kind == .invalidArgument)
    #expect(requests.isEmpty)
  }

  @Test(arguments: [
    ("a.txt", "a.txt"), ("/etc/passwd", "passwd"), ("..\\..\\x.exe", "x.exe"), ("../..", "file"),
    ("..", "file"), (".", "file"), ("", "file"), ("   ", "file"), ("a\u{0}b", "a_b"),
    ("x\u{202E}gpj.exe", "x_gpj.exe"), ("a\"b", "a'b"),
    ("a\r\nContent-Type: x", "a__Content-Type: x"),
    ("a. . ", "a"), ("\u{200B}", "_"), ("日本.flac", "日本.flac"), (".hidden", ".hidden"),
  ])
  func hostileNames(name: String, shown: String) {
    #expect(FileUpload(name: name, bytes: []).name == shown)
  }

  /// A slash that is a character only together with what is before or behind it; found by fuzzing.
  @Test(arguments: ["n1\u{602}/..b", "../\u{301}b", "..\u{602}\\b", "/tmp/\u{FE0F}b"])
  func slashesInClustersEndAFolder(path: String) {
    let name = FileUpload(name: path, bytes: []).name
    #expect(!name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(UInt8(ascii: "\\")))
    let saved = SafeFileName.sanitized(path, fallback: "file")
    #expect(!saved.utf8.contains(UInt8(ascii: "/")))
  }

  @Test func longNamesKeepTheirSuffix() {
    let name = FileUpload(name: String(repeating: "é", count: 5000) + ".flac", bytes: []).name
    #expect(name.utf8.count <= 200)
    #expect(name.hasSuffix("é.flac"))
  }
}

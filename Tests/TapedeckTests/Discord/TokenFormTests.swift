internal import Glibc
internal import SystemPackage
internal import Testing

@testable import tapedeck

/// What people paste for a token, and where it is looked for.
@Suite struct TokenFormTests {
  /// The first part is the id 290000000000000001 in Base64.
  static let token = "MjkwMDAwMDAwMDAwMDAwMDAx.GabcdE.abcdefghijklmnopqrstuvwxyz-_0123456789A"

  @Test(arguments: [
    (token, TokenForm.token(hasPrefix: false)), ("Bot \(token)", .token(hasPrefix: true)),
    ("bot  \(token)\n", .token(hasPrefix: true)), ("\"\(token)\"", .token(hasPrefix: false)),
    ("\u{FEFF}", .other), ("", .empty), (" \n", .empty),
    ("0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF", .publicKey),
    ("290000000000000001", .applicationID), ("abcdefghijklmnopqrstuvwxyz_-0123", .clientSecret),
    ("a.b", .other), ("a..c", .other), ("a.b.c d", .other), ("Bot", .other),
    ("https://discord.com/api/webhooks/1/abc.def.ghi", .other),
  ])
  func isTold(pasted: String, form: TokenForm) {
    #expect(TokenForm(pasted) == form)
  }

  @Test func prefixAndBlanksAreLeftOut() {
    for text in [
      "Bot \(Self.token)", "  \(Self.token)\r\n", "'\(Self.token)'", "Bot: \(Self.token)",
    ] {
      #expect(TokenForm.bare(text) == Self.token)
    }
    #expect(TokenForm.applicationID(of: "Bot \(Self.token)") == "290000000000000001")
    #expect(TokenForm.applicationID(of: "abc.def.ghi") == nil)
    #expect(TokenForm.applicationID(of: "") == nil)
  }

  @Test func sourcesComeInOrder() throws {
    let sandbox = try Sandbox()
    func token(_ number: Int) -> String { Self.token + "\(number)" }
    for (index, name) in ["discord-token", "file", "stored"].enumerated() {
      try sandbox.write("Bot \(token(index))\n", to: name)
      #expect(chmod(sandbox(name).string, 0o600) == 0)
    }
    let store = TokenStore(path: sandbox("stored"))
    let nothing = TokenStore(path: sandbox("absent"))
    func load(_ folder: String?, _ file: String?, _ variable: String?, _ store: TokenStore) throws
      -> String
    {
      try TokenSource.load(
        credentials: folder, file: file.map { sandbox($0).string }, variable: variable, store: store
      ).text
    }
    let folder = sandbox.path.string
    #expect(try load(folder, "file", token(9), store) == token(0))
    #expect(try load("/nonexistent", "file", token(9), store) == token(1))
    #expect(try load(nil, nil, token(9), store) == token(9))
    #expect(try load("", nil, " ", store) == token(2))
    #expect(throws: CommandFailure.self) { try load(nil, nil, nil, nothing) }
    #expect(throws: CommandFailure.self) { try load(nil, "absent", token(9), store) }
    #expect(chmod(sandbox("file").string, 0o640) == 0)
    #expect {
      try load(nil, "file", nil, store)
    } throws: {
      ($0 as? CommandFailure)?.label == "tokenFileReadable"
    }
  }

  @Test func isStoredForTheOwnerAlone() throws {
    let sandbox = try Sandbox()
    let store = TokenStore(path: sandbox.path.appending("a/b/discord-token"))
    try store.store(Self.token)
    #expect(store.stored() == Self.token)
    try store.store(Self.token + "2")
    #expect(store.stored() == Self.token + "2")
    #expect(sandbox.names("a/b") == ["discord-token"])
    var status = stat()
    #expect(stat(store.path.string, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(stat(sandbox("a").string, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test func storeLiesBesideTheKeys() {
    func path(_ environment: [String: String]) -> String {
      TokenStore.standard { environment[$0] }.path.string
    }
    #expect(path(["XDG_CONFIG_HOME": "/x", "HOME": "/h"]) == "/x/tapedeck/discord-token")
    #expect(path(["XDG_CONFIG_HOME": "x", "HOME": "/h"]) == "/h/.config/tapedeck/discord-token")
    #expect(path([:]) == "/.config/tapedeck/discord-token")
  }

  @Test(arguments: [
    ("https://discord.com/api/v10", "discord.com", false),
    ("https://discord.com/api/v10/", "discord.com", false),
    ("http://127.0.0.1:8080/api/v10", "127.0.0.1", true),
    ("http://[::1]:8080/api/v10", "::1", true), ("http://localhost/api/v9", "localhost", true),
    ("https://127.0.0.1.example.org/api/v10", "127.0.0.1.example.org", false),
  ])
  func apiBases(text: String, host: String, isLoopback: Bool) throws {
    let base = try APIBase(text)
    #expect(base.host == host)
    #expect(base.isLoopback == isLoopback)
    #expect(!base.url.hasSuffix("/"))
  }

  @Test(arguments: [
    "discord.com/api/v10", "https://discord.com", "https://discord.com/api",
    "http://discord.com/api/v10", "http://127.0.0.1.example.org/api/v10",
    "http://127.1/api/v10", "https://user@discord.com/api/v10", "https:///api/v10", "",
    "https://discord.com/api/v10?x=1", "https://discord.com/api/v10#x", "file:///api/v10",
    "https://localhost:/api/v10", "https://localhost:0/api/v10", "http://[::1]:99999/api/v10",
    "https://discord.com/a b/v10", "http://0x7f000001/api/v10", "https://discord.com/api/vX",
  ])
  func noAPIBases(text: String) {
    #expect { try APIBase(text) } throws: { ($0 as? CommandFailure)?.status == .usage }
  }
}

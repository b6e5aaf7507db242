internal import DiscordREST
internal import FoundationEssentials
internal import Glibc
internal import TestSupport
internal import Testing

@Suite struct CredentialTests {
  @Test(arguments: ["abc.def", " abc.def\n", "Bot abc.def", "bot  abc.def ", "\tBOT abc.def\r\n"])
  func blanksAndTheSchemeAreTakenOff(pasted: String) throws {
    #expect(try DiscordCredential(botToken: pasted).botToken == "abc.def")
  }

  @Test(arguments: [
    "a b", "a\nb", "a\u{0}", "tökén", "a\u{7f}", String(repeating: "a", count: 513),
  ])
  func whatCannotBeATokenIsRefusedAndNotShown(pasted: String) {
    let error = #expect(throws: DiscordError.self) { try DiscordCredential(botToken: pasted) }
    #expect(error?.kind == .credentialInvalid)
    #expect(error.map { "\($0)".contains(pasted) } == false)
  }

  @Test(arguments: ["", "  ", "Bot "])
  func nothingIsMissing(pasted: String) {
    let error = #expect(throws: DiscordError.self) { try DiscordCredential(botToken: pasted) }
    #expect(error?.kind == .credentialMissing)
  }

  @Test func itIsNeverShown() throws {
    let credential = try DiscordCredential(botToken: "sEcReT", userToken: "oThEr")
    var text = "\(credential)" + String(reflecting: credential) + "\(Optional(credential) as Any)"
    dump(credential, to: &text)
    dump(["x": credential], to: &text)
    #expect(!text.contains("sEcReT") && !text.contains("oThEr"))
  }

  private struct Files {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)" + "/discord-token" }

    init(_ text: String = "fIlE\n", mode: mode_t = 0o600) throws {
      folder = try TemporaryFolder()
      try Data(text.utf8).write(to: URL(filePath: path))
      chmod(path, mode)
    }
  }

  @Test func theOrderOfTheSources() throws {
    let directory = try Files("dIrEcToRy", mode: 0o440)
    let file = try Files()
    var environment = [
      "CREDENTIALS_DIRECTORY": "\(directory.folder.path)", "DISCORD_BOT_TOKEN": "eNv",
    ]
    func token(_ path: String?) throws -> String {
      try DiscordCredential.load(tokenFile: path, environment: environment).botToken
    }
    #expect(try token(file.path) == "dIrEcToRy")
    environment["CREDENTIALS_DIRECTORY"] = "\(file.folder.path)" + "/none"
    #expect(try token(file.path) == "fIlE")
    #expect(try token(nil) == "eNv")
    environment = [:]
    #expect(throws: DiscordError.self) { try token(nil) }
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o601, 0o644, 0o777] as [mode_t])
  func aFileThatOthersCanReadIsRefused(mode: mode_t) throws {
    let file = try Files("fIlE", mode: mode)
    let error = #expect(throws: DiscordError.self) {
      try DiscordCredential.load(tokenFile: file.path, environment: [:])
    }
    #expect(error?.kind == .notPermitted)
    #expect(error?.hint?.contains("chmod 600") == true)
  }

  @Test func whatIsNoPlainSmallFileIsRefused() throws {
    let file = try Files()
    let link = "\(file.folder.path)" + "/link"
    symlink(file.path, link)
    let pipe = "\(file.folder.path)" + "/pipe"
    mkfifo(pipe, 0o600)
    for path in [link, pipe, "\(file.folder.path)", "/dev/zero"] {
      let error = #expect(throws: DiscordError.self) {
        try DiscordCredential.load(tokenFile: path, environment: [:])
      }
      #expect(error?.kind == .notPermitted)
    }
    let large = try Files(String(repeating: "a", count: 5000))
    let error = #expect(throws: DiscordError.self) {
      try DiscordCredential.load(tokenFile: large.path, environment: [:])
    }
    #expect(error?.kind == .credentialInvalid)
    let missing = #expect(throws: DiscordError.self) {
      try DiscordCredential.load(tokenFile: "\(file.folder.path)" + "/none", environment: [:])
    }
    #expect(missing?.kind == .credentialMissing)
  }
}

internal import CaptureLog
internal import DiscordREST
internal import SystemPackage

/// Where the bot's token comes from, in this order: `$CREDENTIALS_DIRECTORY/discord-token` (from
/// systemd), `--token-file`, `DISCORD_BOT_TOKEN`, and the file that `setup` writes.
enum TokenSource {
  struct Token: Sendable {
    var credential: DiscordCredential
    /// For leaving it out of logs.
    var text: String
    /// Where it was, for people.
    var origin: String

    init(_ text: String, origin: String) throws {
      let bare = TokenForm.bare(text)
      if let failure = TokenForm(text).failure { throw failure.failure() }
      credential = try DiscordCredential(botToken: bare)
      self.text = bare
      self.origin = origin
    }
  }

  /// - Throws: 78 without a token, 77 for a file that others can read, 65 for what is no token.
  static func load(file: String?) throws -> Token {
    ProcessSecrets.seal()
    // Taken out in any case: it must not go to programs that this one starts.
    let variable = ProcessSecrets.take("DISCORD_BOT_TOKEN")
    let credentials = Terminal.environment("CREDENTIALS_DIRECTORY")
    return try load(
      credentials: credentials, file: file, variable: variable, store: TokenStore.standard())
  }

  static func load(
    credentials: String?, file: String?, variable: String?, store: TokenStore
  ) throws -> Token {
    if let credentials, !credentials.isEmpty {
      let path = FilePath(credentials).appending("discord-token")
      // systemd guards the folder; an access list there shows as rights of the group.
      if let token = try read(path, isGuarded: true) { return token }
    }
    if let file {
      guard let token = try read(FilePath(file)) else {
        throw CommandFailure(
          .noInput, "there is no token file \(Terminal.escaped(file, limit: 200))")
      }
      return token
    }
    if let variable, !variable.trimmed.isEmpty {
      return try Token(variable, origin: "DISCORD_BOT_TOKEN")
    }
    if let token = try read(store.path) { return token }
    throw FirstHourFailure.noToken.failure()
  }

  private static func read(_ path: FilePath, isGuarded: Bool = false) throws -> Token? {
    let bytes: [UInt8]
    do throws(CaptureError) {
      bytes = try RegularFile.read(path, limit: 4096)
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
    guard isGuarded || RegularFile.isReadableByOthers(path) == false else {
      throw FirstHourFailure.tokenFileReadable.failure(["file": path.string])
    }
    return try Token(
      String(decoding: bytes, as: UTF8.self), origin: Terminal.escaped(path.string, limit: 200))
  }
}

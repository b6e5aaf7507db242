extension DiscordCredential {
  /// The token from where the system, the user or the environment keeps it.
  ///
  /// `$CREDENTIALS_DIRECTORY/discord-token` (systemd), else `tokenFile`, else `DISCORD_BOT_TOKEN`.
  ///
  /// - Parameters:
  ///   - tokenFile: A file that only its owner can read, not a symbolic link.
  ///   - environment: The process' environment.
  /// - Throws: `DiscordError`: `credentialMissing`, `credentialInvalid`, or `notPermitted` for a
  ///   file that others can read.
  public static func load(
    tokenFile: String? = nil, environment: [String: String]
  ) throws(DiscordError) -> DiscordCredential {
    if let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty {
      // The directory itself is private; systemd sets a group's bit where it uses access lists.
      let path = directory + "/discord-token"
      if let text = try SecretFile.read(path, maximumBytes: maximumFileBytes, isPrivate: false) {
        return try DiscordCredential(botToken: text)
      }
    }
    if let tokenFile {
      guard
        let text = try SecretFile.read(
          tokenFile, maximumBytes: maximumFileBytes, isPrivate: true)
      else {
        throw DiscordError(
          .credentialMissing, "there is no token file \(DisplayText.sanitized(tokenFile))",
          hint: hint)
      }
      return try DiscordCredential(botToken: text)
    }
    guard let token = environment["DISCORD_BOT_TOKEN"], !token.isEmpty else {
      throw DiscordError(
        .credentialMissing, "no token was given",
        hint: "Run `tapedeck setup`, name a file with --token-file, or set DISCORD_BOT_TOKEN")
    }
    return try DiscordCredential(botToken: token)
  }

  private static let maximumFileBytes = 4096
}

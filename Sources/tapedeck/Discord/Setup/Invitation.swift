internal import DiscordREST

/// What the bot asks for when it is invited to a guild.
enum Invitation {
  /// What recording and posting results take, with the names of Discord's settings.
  static let names: [(name: String, permission: Permissions)] = [
    ("View Channel", .viewChannel), ("Send Messages", .sendMessages),
    ("Attach Files", .attachFiles), ("Read Message History", .readMessageHistory),
    ("Connect", .connect), ("Change Nickname", .changeNickname),
    ("Create Public Threads", .createPublicThreads),
    ("Send Messages in Threads", .sendMessagesInThreads),
  ]

  static var permissions: Permissions { names.reduce(into: []) { $0.insert($1.permission) } }

  /// The link for an application of which only the id is known, as its token says.
  static func url(application: String, site: String) -> String {
    "\(site)/oauth2/authorize?client_id=\(application)&permissions=\(permissions.text)"
      + "&scope=bot+applications.commands"
  }
}

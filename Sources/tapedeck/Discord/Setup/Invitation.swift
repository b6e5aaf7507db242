/// The link that invites the bot to a guild (Discord's documentation, OAuth2, Bot Users).
struct Invitation {
  var application: String
  /// `https://discord.com`.
  var site: String

  /// What recording and posting results take.
  static let permissions: [(name: String, bit: UInt64)] = [
    ("View Channel", 1 << 10),
    ("Send Messages", 1 << 11),
    ("Attach Files", 1 << 15),
    ("Read Message History", 1 << 16),
    ("Connect", 1 << 20),
    ("Change Nickname", 1 << 26),
    ("Create Public Threads", 1 << 35),
    ("Send Messages in Threads", 1 << 38),
  ]

  static var number: UInt64 { permissions.reduce(0) { $0 | $1.bit } }

  var url: String {
    "\(site)/oauth2/authorize?client_id=\(application)&scope=bot+applications.commands"
      + "&permissions=\(Self.number)"
  }
}

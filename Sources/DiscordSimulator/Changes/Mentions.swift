/// Whom a message may notify: the field `allowed_mentions`.
package struct AllowedMentionRules: Sendable, Equatable {
  /// Whether users in the text are notified.
  package var users = true
  /// Whether roles in the text are.
  package var roles = true
  /// Whether `@everyone` and `@here` are.
  package var everyone = true
  /// The only users, when ``users`` is off.
  package var onlyUsers: Set<World.ID> = []
  /// The only roles, when ``roles`` is off.
  package var onlyRoles: Set<World.ID> = []
  /// Whether the author of the message replied to is.
  package var repliedUser = true

  /// Everything, as without the field.
  package init() {}
}

/// The mentions in a text, before anybody asked whether they are allowed.
struct MentionScan {
  private(set) var users: [World.ID] = []
  private(set) var roles: [World.ID] = []
  private(set) var everyone = false

  init(_ text: String) {
    everyone = text.contains("@everyone") || text.contains("@here")
    let bytes = Array(text.utf8)
    var index = 0
    while index + 2 < bytes.count {
      defer { index += 1 }
      guard bytes[index] == UInt8(ascii: "<"), bytes[index + 1] == UInt8(ascii: "@") else {
        continue
      }
      var start = index + 2
      let isRole = bytes[start] == UInt8(ascii: "&")
      if isRole || bytes[start] == UInt8(ascii: "!") { start += 1 }
      let digits = bytes[start...].prefix { (48...57).contains($0) }
      guard digits.endIndex < bytes.count, bytes[digits.endIndex] == UInt8(ascii: ">"),
        let id = UInt64(String(decoding: digits, as: UTF8.self))
      else { continue }
      if isRole {
        if !roles.contains(id) { roles.append(id) }
      } else if !users.contains(id) {
        users.append(id)
      }
    }
  }
}

extension World {
  /// Puts into a message whom it notifies: what its text says, the rules and the permissions allow.
  func setMentions(of message: inout Message, rules: AllowedMentionRules) {
    let scan = MentionScan(message.content)
    var users = scan.users.filter {
      self.users[$0] != nil && (rules.users || rules.onlyUsers.contains($0))
    }
    var roles: [ID] = []
    var everyone = false
    if let channel = channels[message.channelID],
      let guild = channel.guildID.flatMap({ guilds[$0] })
    {
      let mayMentionAll =
        message.webhook != nil
        || permissions(of: message.authorID, in: channel).contains(.mentionEveryone)
      roles = scan.roles.filter { id in
        guard let role = guild.roles[id], id != guild.id else { return false }
        return (role.isMentionable || mayMentionAll)
          && (rules.roles || rules.onlyRoles.contains(id))
      }
      everyone = scan.everyone && rules.everyone && mayMentionAll
    }
    if message.kind == .reply, rules.repliedUser, let reference = message.reference,
      let target = reference.messageID.flatMap({ self.message($0, in: reference.channelID) }),
      target.webhook == nil, !users.contains(target.authorID)
    {
      users.append(target.authorID)
    }
    message.mentions = users
    message.mentionedRoles = roles
    message.mentionsEveryone = everyone
  }
}

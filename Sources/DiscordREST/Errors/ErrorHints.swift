/// The next step for errors that people meet.
enum ErrorHints {
  /// By Discord's code if it is a known one, else by the status.
  static func hint(status: Int, discordCode: Int?) -> String? {
    if let discordCode, let hint = byCode[discordCode] { return hint }
    return byStatus[status]
  }

  private static let byStatus: [Int: String] = [
    401: "The token is not valid (any more). Make a new one in the developer portal under Bot > "
      + "Reset Token, and store it with `tapedeck setup`",
    403: "Give the bot's role the permission that the call needs, on the server and in the channel",
    404: "Check the id; the bot sees only servers that it is a member of",
    405: "The call is not known to this version of the API. Check method and path",
    413: "Send less at once: the upload limit is 10 MiB without boosts",
    429: "Wait, then try again; do not start several programs with the same token",
    500: "Discord has a fault. Try again later; see https://discordstatus.com",
    502: "Discord has a fault. Try again later; see https://discordstatus.com",
    503: "Discord has a fault. Try again later; see https://discordstatus.com",
    504: "Discord has a fault. Try again later; see https://discordstatus.com",
  ]

  /// Source: Discord's documentation, "Opcodes and Status Codes", JSON error codes.
  private static let byCode: [Int: String] = [
    10003: "Check the channel's id; it may be deleted, or on a server without the bot",
    10004: "Check the server's id, and invite the bot with the address that `tapedeck setup` shows",
    10007: "The user is no member of this server (any more)",
    10008: "The message is deleted, or belongs to another channel",
    10011: "Check the role's id; it may be deleted",
    10013: "Check the user's id",
    10014: "Check the emoji; one of another server needs the form name:id",
    10015: "The webhook is deleted, or its token was changed. Make a new one",
    10062: "An interaction must be answered within 3 seconds; defer the answer if it takes longer",
    10070: "The scheduled event is over or was deleted",
    20001: "This call is not for bots",
    20012: "Only the owner of the application may do this",
    20016: "The channel is in slow mode. Wait, or give the bot the permission Manage Channel",
    20028: "Wait: the channel takes no more messages for the moment",
    30001: "Leave a server first: the account is in as many as Discord allows",
    30003: "Remove a pinned message first: the channel has as many as Discord allows",
    30005: "Delete a role first: the server has as many as Discord allows",
    30007: "Delete a webhook first: the channel has as many as Discord allows",
    30010: "Remove a reaction first: the message has as many kinds as Discord allows",
    30013: "Delete a channel first: the server has as many as Discord allows",
    30032: "Delete an application command first: there are as many as Discord allows",
    30033: "The thread has as many participants as Discord allows",
    30038: "Delete a scheduled event first: the server has as many as Discord allows",
    30046: "A message older than an hour can be edited only so often. Send a new one",
    40001: "The token may not do this. Check that it is the bot's",
    40002: "The account must be verified first, in Discord's own program",
    40005: "The file is too large: send a smaller one; the limit is 10 MiB without boosts",
    40060: "The interaction was answered before. Send a follow-up, or edit the answer",
    40062: "Wait: the resource is limited for everyone at the moment",
    50001: "Give the bot access: invite it to the server, and give its role View Channel there",
    50003: "A direct message takes no such call",
    50005: "A bot edits only its own messages",
    50006: "Give the message a content, an embed or a file",
    50007:
      "The user takes no direct messages from this bot. Share a server with the user, who must "
      + "allow messages from its members",
    50008: "Choose a text channel: this kind takes no messages",
    50013: "Give the bot's role the permission that the call needs, on the server and in the "
      + "channel; `tapedeck doctor` shows which are missing",
    50016: "Name 2 to 100 messages",
    50019: "A message is pinned only in its own channel",
    50021: "System messages cannot be changed",
    50024: "The call is not for this kind of channel",
    50027: "The webhook's or interaction's token is wrong or too old. Make a new webhook; an "
      + "interaction's token lives 15 minutes",
    50028: "The role does not exist",
    50034: "Messages older than 14 days are not deleted in bulk. Delete them singly",
    50035: "Correct the fields that are named",
    50041: "The API's version is no longer served. Use a newer version of this program",
    50055: "The server is not one that the call may name",
    50068: "The call is not for this kind of message",
    50083: "The thread is archived. Open it again first",
    50101: "The server needs more boosts for this",
    50109: "The body was no JSON that Discord takes",
    50278: "The user shares no server with the bot (any more), so takes no direct messages from it",
    60003: "The account needs two-factor authentication for this",
    110_000: "The search index is being built. Try again in a few seconds",
    130_000: "Discord is overloaded. Try again in a little while",
    150_006: "The stage is already open",
    160_002: "Give the bot Read Message History in the channel, or send without replying",
    160_004: "The message already has a thread. Use that one",
    160_005: "The thread is locked. Unlock it first",
    160_006: "Archive a thread first: the server has as many open ones as Discord allows",
    160_007: "Archive a thread first: the channel has as many open ones as Discord allows",
    180_000: "The scheduled event is over. Make a new one",
    200_000: "Discord's AutoMod of the server blocked the message. Change its text",
    220_001: "The webhook posts to a forum: name a thread or the title of a new one",
    240_000: "The message has a link that Discord blocks",
  ]
}

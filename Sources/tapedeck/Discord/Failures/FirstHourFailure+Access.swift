extension FirstHourFailure {
  private static let newToken =
    "in the developer portal open your application, page Bot, press Reset Token and run "
    + "`tapedeck setup` with what it shows"

  var tokenText: Text? {
    switch self {
    case .noToken:
      Text(
        .configuration, "there is no bot token",
        "run `tapedeck setup`, or name a file that holds one with --token-file")
    case .tokenWithPrefix:
      Text(
        .done, "the token was pasted with \"Bot \" before it, which is left out",
        "nothing")
    case .clientSecret:
      Text(
        .badInput, "this looks like the client secret of the application, not like its bot's token",
        Self.newToken)
    case .publicKey:
      Text(
        .badInput, "this looks like the public key of the application, not like its bot's token",
        Self.newToken)
    case .applicationID:
      Text(
        .badInput, "this is the id of an application or a user, not a bot's token", Self.newToken)
    case .notAToken:
      Text(
        .badInput, "this is no bot token: one has three parts with dots between them",
        Self.newToken)
    case .tokenRefused:
      Text(
        .notPermitted,
        "Discord does not accept the token (401): it was reset, or its bot is gone",
        Self.newToken)
    case .tokenOfAnotherApplication:
      Text(
        .done, "the token stored before belonged to application {old}, this one to {new}",
        "invite the new bot too; if that was a mistake, run `tapedeck setup` with the other token")
    case .tokenFileReadable:
      Text(.notPermitted, "others can read {file}", "make it yours alone: chmod 600 {file}")
    default: nil
    }
  }

  var permissionText: Text? {
    switch self {
    case .viewChannelMissing:
      Text(
        .notPermitted, "the bot cannot see {channel}: it lacks View Channel",
        "in the channel's settings, Permissions, add the bot or its role and allow View Channel")
    case .connectMissing:
      Text(
        .notPermitted, "the bot cannot join {channel}: it lacks Connect",
        "in the channel's settings, Permissions, allow Connect to the bot or its role")
    case .permissionMissing:
      Text(
        .notPermitted, "the bot lacks {permission} in {channel}",
        "in the channel's settings, Permissions, allow {permission} to the bot or its role")
    case .manageMessagesMissing:
      Text(
        .notPermitted, "the bot cannot delete messages of others: it lacks Manage Messages",
        "allow Manage Messages to the bot's role, in the channel or in the guild")
    case .accessMissing:
      Text(
        .notPermitted, "Discord refuses (403): the bot lacks access or a permission",
        "`tapedeck doctor --channel` names the permissions that are missing")
    case .directMessagesClosed:
      Text(
        .notPermitted, "this user takes no direct messages from the bot",
        "they must share a guild with the bot and allow direct messages from its members")
    case .membersIntentOff:
      Text(
        .notPermitted, "Discord lists members only to bots with the Server Members intent",
        "in the developer portal, page Bot, turn on Server Members Intent; recording needs it not")
    case .messageContentIntentOff:
      Text(
        .done, "texts of others come empty: the Message Content intent is off",
        "in the developer portal, page Bot, turn on Message Content Intent; recording needs it not")
    case .intentsRefused:
      Text(
        .notPermitted, "Discord refuses the intents {intents} (close code 4014)",
        "in the developer portal, page Bot, turn them on, or do without; recording needs none")
    default: nil
    }
  }
}

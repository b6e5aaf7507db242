internal import CaptureLog
internal import DiscordREST
internal import Logging
internal import Synchronization

/// Tells the people in a channel that they are recorded: a message in its chat, and a nickname.
final class ConsentKeeper: Sendable {
  /// What happened, for the capture's events.
  typealias Note = @Sendable (NoticeEvent) -> Void

  private let client: DiscordClient
  private let notice: Notice
  private let retention: String?
  private let guild: ID<Guild>
  private let bot: ID<User>
  private let botName: String
  private let file: NicknameFile
  private let logger: Logger
  private let note = Mutex<Note?>(nil)
  /// What happened before there was a capture to note it in.
  private let early = Mutex<[NoticeEvent]>([])

  init(
    client: DiscordClient, notice: Notice, retention: String?, guild: ID<Guild>, bot: ID<User>,
    botName: String, file: NicknameFile, logger: Logger
  ) {
    self.client = client
    self.notice = notice
    self.retention = retention
    self.guild = guild
    self.bot = bot
    self.botName = botName
    self.file = file
    self.logger = logger
  }

  /// From now on what happens is noted by `note`, with what happened before.
  func use(_ note: @escaping Note) {
    self.note.withLock { $0 = note }
    let events = early.withLock { early in
      defer { early = [] }
      return early
    }
    for event in events { note(event) }
  }

  // MARK: Notice

  /// Posts the notice.
  ///
  /// - Throws: ``RecorderError``: `notPermitted` when the bot may not post there.
  func post(
    in channel: ID<Channel>, name: String?, isRepeated: Bool = false
  ) async throws -> ID<Message> {
    let facts = NoticeText.Facts(
      operatorName: botName, channel: name ?? "", retention: retention)
    do {
      let message = try await client.send(NoticeText.text(notice, facts), to: channel)
      note(isRepeated ? "repeated" : "posted", channel, message.id)
      return message.id
    } catch let error as DiscordError {
      let isRefused = error.kind == .forbidden || error.kind == .notFound
      note(isRefused ? "refused" : "failed", channel)
      guard isRefused else {
        throw RecorderError(.temporary, "the notice cannot be posted: \(error)")
      }
      throw RecorderError(
        .notPermitted,
        "the bot may not post the notice in channel \(channel): give it \"Send Messages\" there, or "
          + "record without a notice, which is then your responsibility (\(error.message))")
    }
  }

  /// Takes a notice back, when the recording did not begin.
  func withdraw(_ message: ID<Message>, in channel: ID<Channel>) async {
    do {
      try await client.deleteMessage(message, in: channel)
      note("withdrawn", channel, message)
    } catch {
      logger.warning(
        "the notice cannot be taken back",
        metadata: ["channel": "\(channel)", "error": "\(error)"])
    }
  }

  // MARK: Nickname

  /// Shows the recording in the bot's nickname.
  ///
  /// - Returns: what to warn of; nil when it shows, or is not to.
  func setNickname(in channel: ID<Channel>) async -> String? {
    guard let prefix = notice.nicknamePrefix, !prefix.isEmpty else { return nil }
    do {
      let member = try await client.member(bot, of: guild)
      let name = NoticeText.nickname(prefix: prefix, name: member.displayName)
      if member.nick == name {
        // Left by a recorder whose file is gone, since nobody is called so otherwise.
        if file.read() == nil {
          try file.write(NicknameFile.Content(before: nil, recording: name))
        }
        return nil
      }
      // On disk first: a crash right after the change must not leave the name.
      try file.write(NicknameFile.Content(before: member.nick, recording: name))
      try await client.modifyCurrentMember(nick: name, in: guild)
      note("nickname_set", channel)
      return nil
    } catch {
      if (error as? DiscordError)?.kind == .forbidden { file.remove() }
      note("nickname_refused", channel)
      return "the nickname does not show the recording: \(error)"
    }
  }

  /// Gives the bot the nickname that it had before, unless somebody has changed it meanwhile.
  func restoreNickname(in channel: ID<Channel>) async {
    guard let content = file.read() else { return }
    do {
      let member = try await client.member(bot, of: guild)
      if member.nick.map(Self.trimmed) == Self.trimmed(content.recording) {
        try await client.modifyCurrentMember(nick: content.before, in: guild)
        note("nickname_restored", channel)
      }
      file.remove()
    } catch {
      // The file stays: the next recording tries again.
      logger.warning(
        "the nickname cannot be restored; the next recording tries again",
        metadata: ["guild": "\(guild)", "error": "\(error)"])
    }
  }

  /// Discord cuts blanks at the ends.
  private static func trimmed(_ name: String) -> String {
    var name = name[...]
    while name.first?.isWhitespace == true { name.removeFirst() }
    while name.last?.isWhitespace == true { name.removeLast() }
    return String(name)
  }

  private func note(_ state: String, _ channel: ID<Channel>, _ post: ID<Message>? = nil) {
    let event = NoticeEvent(
      state: state, channel: channel.description, post: post?.description)
    let note = self.note.withLock { $0 }
    if let note { note(event) } else { early.withLock { $0.append(event) } }
  }
}

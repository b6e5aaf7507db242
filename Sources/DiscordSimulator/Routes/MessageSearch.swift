internal import JSONValues

/// What a search asks for, apart from where.
struct MessageSearch {
  private let content: [String]
  private let slop: Int
  private let channels: Set<World.ID>?
  private let authors: Set<World.ID>?
  private let mentions: Set<World.ID>?
  private let mentionedRoles: Set<World.ID>?
  private let repliedUsers: Set<World.ID>?
  private let repliedMessages: Set<World.ID>?
  private let mentionsEveryone: Bool?
  private let pinned: Bool?
  private let authorTypes: [String]
  private let has: [String]
  private let embedTypes: [String]
  private let hosts: [String]
  private let filenames: [String]
  private let extensions: [String]
  private let minimum: World.ID
  private let maximum: World.ID
  private let includesNSFW: Bool
  let limit: Int
  let offset: Int
  let isAscending: Bool

  init(_ call: Call) throws {
    content = Self.words(try Self.content(call))
    slop = try call.number("slop", in: 0...100, default: 2)
    channels = try call.queryIDs("channel_id")
    authors = try call.queryIDs("author_id")
    mentions = try call.queryIDs("mentions")
    mentionedRoles = try call.queryIDs("mentions_role_id")
    repliedUsers = try call.queryIDs("replied_to_user_id")
    repliedMessages = try call.queryIDs("replied_to_message_id")
    mentionsEveryone = try call.flag("mention_everyone")
    pinned = try call.flag("pinned")
    authorTypes = try Self.choices(call, "author_type", ["user", "bot", "webhook"])
    has = try Self.choices(
      call, "has",
      ["image", "sound", "video", "file", "sticker", "embed", "link", "poll", "snapshot"])
    embedTypes = try Self.choices(
      call, "embed_type", ["image", "video", "gif", "sound", "article"])
    hosts = call.texts("link_hostname")
    filenames = call.texts("attachment_filename").map { $0.lowercased() }
    extensions = call.texts("attachment_extension").map { $0.lowercased() }
    minimum = try call.queryID("min_id") ?? 0
    maximum = try call.queryID("max_id") ?? .max
    includesNSFW = try call.flag("include_nsfw") ?? false
    limit = try call.number("limit", in: 1...25, default: 25)
    offset = try call.number("offset", in: 0...9975, default: 0)
    _ = try Self.choices(call, "sort_by", ["timestamp", "relevance"])
    let order = try Self.choices(call, "sort_order", ["asc", "desc"]).last ?? "desc"
    isAscending = order == "asc" && call.text("sort_by") != "relevance"
  }

  private static func content(_ call: Call) throws -> String {
    let text = call.text("content") ?? ""
    guard text.unicodeScalars.count <= 1024 else {
      throw APIFailure.form(
        ["content"], "BASE_TYPE_MAX_LENGTH", "Must be 1024 or fewer in length.")
    }
    return text
  }

  private static func choices(_ call: Call, _ name: String, _ known: [String]) throws -> [String] {
    let values = call.texts(name)
    for value in values
    where !known.contains(value.first == "-" ? String(value.dropFirst()) : value) {
      throw APIFailure.form(
        [name], "BASE_TYPE_CHOICES", "Value must be one of \(known.joined(separator: ", ")).")
    }
    return values
  }

  func matches(_ message: World.Message, in world: World) -> Bool {
    guard message.id > minimum, message.id < maximum, message.ephemeralFor == nil else {
      return false
    }
    let channel = world.channels[message.channelID]
    let parent = channel?.kind.isThread == true ? channel?.parentID : nil
    if let channels {
      // A channel's threads are searched with it.
      guard channels.contains(message.channelID) || parent.map(channels.contains) == true else {
        return false
      }
    }
    if !includesNSFW, channel?.isNSFW == true { return false }
    if let authors, !authors.contains(message.authorID) { return false }
    if let mentions, mentions.isDisjoint(with: message.mentions) { return false }
    if let mentionedRoles, mentionedRoles.isDisjoint(with: message.mentionedRoles) { return false }
    if let mentionsEveryone, message.mentionsEveryone != mentionsEveryone { return false }
    if let pinned, (message.pinnedAt != nil) != pinned { return false }
    if let repliedMessages {
      guard let id = message.reference?.messageID, repliedMessages.contains(id) else {
        return false
      }
    }
    if let repliedUsers {
      guard let reference = message.reference, let id = reference.messageID,
        let target = world.message(id, in: reference.channelID),
        repliedUsers.contains(target.authorID)
      else { return false }
    }
    return Self.fulfils(authorTypes) { isAuthor($0, of: message, in: world) }
      && Self.fulfils(has) { contains($0, message) }
      && Self.fulfils(embedTypes) { type in
        message.embeds.contains { $0[type == "sound" ? "audio" : type] != nil }
      }
      && (hosts.isEmpty || hosts.contains { Self.links(message.content).contains($0) })
      && (filenames.isEmpty
        || message.attachments.contains { filenames.contains($0.filename.lowercased()) })
      && (extensions.isEmpty
        || message.attachments.contains { file in
          extensions.contains { file.filename.lowercased().hasSuffix(".\($0)") }
        })
      && matchesContent(message.content)
  }

  /// One of the wanted kinds, and none of those with a minus.
  private static func fulfils(_ kinds: [String], _ test: (String) -> Bool) -> Bool {
    let wanted = kinds.filter { $0.first != "-" }
    let unwanted = kinds.filter { $0.first == "-" }.map { String($0.dropFirst()) }
    return (wanted.isEmpty || wanted.contains(where: test)) && !unwanted.contains(where: test)
  }

  private func isAuthor(_ type: String, of message: World.Message, in world: World) -> Bool {
    switch type {
    case "webhook": message.webhook != nil
    case "bot": message.webhook == nil && world.users[message.authorID]?.isBot == true
    default: message.webhook == nil && world.users[message.authorID]?.isBot == false
    }
  }

  private func contains(_ kind: String, _ message: World.Message) -> Bool {
    func has(_ type: String) -> Bool {
      message.attachments.contains { $0.contentType?.hasPrefix(type) == true }
    }
    return switch kind {
    case "image": has("image/")
    case "sound": has("audio/")
    case "video": has("video/")
    case "file": !message.attachments.isEmpty
    case "embed": !message.embeds.isEmpty
    case "link": !Self.links(message.content).isEmpty
    default: false
    }
  }

  /// The words in their order, with at most ``slop`` others between them.
  private func matchesContent(_ text: String) -> Bool {
    guard let first = content.first else { return true }
    let words = Self.words(text)
    return words.indices.contains { start in
      guard words[start].hasPrefix(first) else { return false }
      var index = start
      var skipped = 0
      for wanted in content.dropFirst() {
        index += 1
        while index < words.count, !words[index].hasPrefix(wanted) {
          index += 1
          skipped += 1
        }
        if index >= words.count || skipped > slop { return false }
      }
      return true
    }
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  /// The host names of the links in a text.
  private static func links(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).compactMap { word in
      for scheme in ["https://", "http://"] {
        if let range = word.firstRange(of: scheme) {
          let host = word[range.upperBound...].prefix { $0 != "/" && $0 != ":" && $0 != ">" }
          if !host.isEmpty { return String(host) }
        }
      }
      return nil
    }
  }
}

extension World {
  /// Answers a search in some channels.
  fileprivate mutating func search(_ call: Call, _ candidates: [Channel]) throws
    -> SimulatedResponse
  {
    let search = try MessageSearch(call)
    if searchesBeforeIndexReady > 0 {
      searchesBeforeIndexReady -= 1
      return .json(
        [
          "message": "Index not yet available. Try again later", "code": 110_000,
          "documents_indexed": 0, "retry_after": 2,
        ], status: 202)
    }
    var hits = candidates.flatMap { channel in
      (messages[channel.id] ?? []).filter { search.matches($0, in: self) }
    }
    hits.sort { search.isAscending ? $0.id < $1.id : $0.id > $1.id }
    let page = hits.dropFirst(search.offset).prefix(search.limit)
    let threads = Set(page.map(\.channelID)).compactMap { channels[$0] }
      .filter(\.kind.isThread).sorted { $0.id < $1.id }
    let caller = try call.callerID
    let found = try page.map { message -> JSONValue in
      var json = try json(message, for: call).adding(["hit": true])
      json["reactions"] = nil
      return [json]
    }
    return .json([
      "analytics_id": .string(Self.token(lastID, length: 22)),
      "doing_deep_historical_index": false, "total_results": .count(hits.count),
      "messages": .array(found),
      "threads": .array(threads.map { json(channel: $0, for: nil) }),
      "members": .array(
        threads.filter { $0.thread?.members[caller] != nil }
          .map { json(threadMember: caller, of: $0) }),
    ])
  }
}

extension Route {
  static let search: [Route] = [
    Route("GET", "/guilds/{}/messages/search") { world, call in
      let guild = try world.guild(call)
      let caller = try call.callerID
      if case .bot(let id) = call.caller, world.applications[id]?.hasMessageContent != true {
        throw APIFailure.missingAccess
      }
      let needed: Permissions = [.viewChannel, .readMessageHistory]
      for id in try call.queryIDs("channel_id") ?? [] {
        guard let channel = world.channels[id], channel.guildID == guild.id else {
          throw APIFailure.unknownChannel
        }
        guard world.permissions(of: caller, in: channel).contains(needed) else {
          throw APIFailure.missingAccess
        }
      }
      let channels = world.channels.values.filter {
        $0.guildID == guild.id && world.permissions(of: caller, in: $0).contains(needed)
      }
      return try world.search(call, channels)
    },
    Route("GET", "/channels/{}/messages/search") { world, call in
      // Only people can search a conversation.
      guard case .user = call.caller else { throw APIFailure.usersOnly }
      return try world.search(call, [try world.readableChannel(call)])
    },
  ]
}

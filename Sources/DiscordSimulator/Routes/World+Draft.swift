internal import JSONValues

extension World {
  /// The longest text of a message, in characters.
  static let contentLimit = 2000

  /// The message that a body describes, checked as Discord checks it.
  func draft(_ call: Call, in channel: Channel) throws -> MessageDraft {
    let caller = try? call.callerID
    var draft = MessageDraft(try Self.content(call) ?? "")
    draft.embeds = try Self.embeds(call)
    draft.components = call.body["components"]?.array ?? []
    draft.isTTS = call.body["tts"]?.bool ?? false
    draft.mentions = try Self.allowedMentions(call.body["allowed_mentions"])
    draft.files = try files(call)
    let settable: Message.Flags = [.suppressEmbeds, .suppressNotifications, .ephemeral]
    draft.flags = Message.Flags(rawValue: call.body["flags"]?.integer ?? 0).intersection(settable)
    draft.nonce = try Self.nonce(call)
    if let caller { try setReference(of: &draft, call, channel, caller) }
    if draft.content.isEmpty, draft.embeds.isEmpty, draft.files.isEmpty, draft.components.isEmpty {
      throw APIFailure.emptyMessage
    }
    return draft
  }

  /// The text; nil when the field is missing or null. White space around it is taken away.
  static func content(_ call: Call) throws -> String? {
    guard let text = try call.string("content", length: 0...contentLimit) else { return nil }
    let scalars = Array(text.unicodeScalars)
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    var trimmed = String.UnicodeScalarView()
    trimmed.append(contentsOf: scalars[first...last])
    return String(trimmed)
  }

  static func embeds(_ call: Call) throws -> [JSONValue] {
    guard let list = call.body["embeds"], !list.isNull else { return [] }
    var errors = FormErrors()
    let embeds = list.array ?? []
    if embeds.count > 10 {
      errors.add(["embeds"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    }
    var total = 0
    for (index, embed) in embeds.enumerated() {
      for (field, limit) in [("title", 256), ("description", 4096)] {
        let length = embed[field]?.string?.unicodeScalars.count ?? 0
        total += length
        if length > limit {
          errors.add(
            ["embeds", "\(index)", field], "BASE_TYPE_MAX_LENGTH",
            "Must be \(limit) or fewer in length.")
        }
      }
      let fields = embed["fields"]?.array ?? []
      if fields.count > 25 {
        errors.add(
          ["embeds", "\(index)", "fields"], "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."
        )
      }
      for (place, field) in fields.enumerated() {
        for (name, limit) in [("name", 256), ("value", 1024)] {
          let path = ["embeds", "\(index)", "fields", "\(place)", name]
          let length = field[name]?.string?.unicodeScalars.count ?? 0
          total += length
          if length == 0 {
            errors.add(path, "BASE_TYPE_REQUIRED", "This field is required")
          } else if length > limit {
            errors.add(path, "BASE_TYPE_MAX_LENGTH", "Must be \(limit) or fewer in length.")
          }
        }
      }
    }
    if total > 6000 {
      errors.add(
        ["embeds"], "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    }
    try errors.check()
    return embeds.map { $0.adding(["type": "rich"]) }
  }

  static func allowedMentions(_ value: JSONValue?) throws -> AllowedMentionRules {
    var rules = AllowedMentionRules()
    guard let value, !value.isNull else { return rules }
    var errors = FormErrors()
    let parse = value["parse"]?.array?.map { $0.string ?? "" } ?? []
    for (index, word) in parse.enumerated() where !["users", "roles", "everyone"].contains(word) {
      errors.add(
        ["allowed_mentions", "parse", "\(index)"], "BASE_TYPE_CHOICES",
        "Value must be one of ('users', 'everyone', 'roles').")
    }
    for name in ["users", "roles"] {
      let list = value[name]?.array ?? []
      if list.count > 100 {
        errors.add(
          ["allowed_mentions", name], "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
      }
      for (index, item) in list.enumerated() where item.snowflake == nil {
        errors.add(
          ["allowed_mentions", name, "\(index)"], "NUMBER_TYPE_COERCE",
          "Value \"\(item.string ?? item.text())\" is not snowflake.")
      }
      if !list.isEmpty, parse.contains(name) {
        errors.add(
          ["allowed_mentions"], "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
          "parse:[\"\(name)\"] and \(name): [ids...] are mutually exclusive.")
      }
    }
    try errors.check()
    // An object without `parse` and lists allows nothing.
    rules.users = parse.contains("users")
    rules.roles = parse.contains("roles")
    rules.everyone = parse.contains("everyone")
    rules.onlyUsers = Set((value["users"]?.array ?? []).compactMap(\.snowflake))
    rules.onlyRoles = Set((value["roles"]?.array ?? []).compactMap(\.snowflake))
    rules.repliedUser = value["replied_user"]?.bool ?? false
    return rules
  }

  private static func nonce(_ call: Call) throws -> JSONValue? {
    guard let nonce = call.body["nonce"], !nonce.isNull else { return nil }
    if let text = nonce.string, text.unicodeScalars.count > 25 {
      throw APIFailure.form(["nonce"], "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer.")
    }
    guard nonce.string != nil || nonce.integer != nil else {
      throw APIFailure.form(["nonce"], "NONCE_TYPE_INVALID", "Nonce must be a string or integer.")
    }
    return nonce
  }

  /// The uploaded files with what `attachments` says of them.
  func files(_ call: Call) throws -> [MessageDraft.File] {
    if call.files.count > 10 {
      throw APIFailure.form(["files"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    }
    if call.files.contains(where: { $0.bytes.count > uploadLimit }) { throw APIFailure.tooLarge }
    let described = call.body["attachments"]?.array ?? []
    return call.files.sorted { $0.number < $1.number }.map { file in
      let entry = described.first { $0["id"]?.snowflake == UInt64(file.number) }
      return MessageDraft.File(
        filename: entry?["filename"]?.string ?? file.filename, contentType: file.contentType,
        details: entry?["description"]?.string, bytes: file.bytes)
    }
  }

  private func setReference(
    of draft: inout MessageDraft, _ call: Call, _ channel: Channel, _ caller: ID
  ) throws {
    guard let field = call.body["message_reference"], !field.isNull else { return }
    func failure(_ code: String, _ message: String) -> APIFailure {
      .form(["message_reference"], code, message)
    }
    guard let id = field["message_id"]?.snowflake else {
      throw APIFailure.form(
        ["message_reference", "message_id"], "BASE_TYPE_REQUIRED", "This field is required")
    }
    if let other = field["channel_id"]?.snowflake, other != channel.id {
      throw failure("REPLIES_CANNOT_REPLY_TO_OTHER_CHANNEL", "Cannot reply to another channel")
    }
    guard permissions(of: caller, in: channel).contains(.readMessageHistory) else {
      throw failure(
        "REPLIES_CANNOT_REPLY_WITHOUT_READ_MESSAGE_HISTORY",
        "Cannot reply without permission to read message history")
    }
    guard let target = message(id, in: channel.id) else {
      if field["fail_if_not_exists"]?.bool == false { return }
      throw failure("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    }
    if [.memberJoin, .threadCreated, .threadStarter].contains(target.kind) {
      throw failure("REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message")
    }
    draft.kind = .reply
    draft.reference = .init(messageID: id, channelID: channel.id, guildID: channel.guildID)
  }
}

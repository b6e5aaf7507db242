import JSONValues

/// Op 8: members in chunks.
/// <https://discord.com/developers/docs/events/gateway-events#request-guild-members>
extension GatewayServer {
  mutating func requestMembers(
    _ data: JSONValue, _ id: String, _ connection: UInt64, now: Duration,
    _ world: some GatewayWorld, _ outputs: inout [GatewayOutput]
  ) {
    guard let guild = data["guild_id"]?.snowflake ?? data["guild_id"]?[0]?.snowflake,
      data["query"]?.string != nil || data["user_ids"] != nil,
      let session = sessions[id]
    else {
      close(connection, 4002, "Error while decoding payload.", now: now, &outputs)
      return
    }
    guard world.isMember(user: session.account.userID, of: guild),
      let whole = world.gatewayGuild(guild)
    else { return }
    let members = whole["members"]?.array ?? []
    var found: [JSONValue] = []
    var notFound: [JSONValue] = []
    if let asked = data["user_ids"], asked != .null {
      let ids = (asked.array ?? [asked]).prefix(100)
      for wanted in ids {
        let member = members.first { $0["user"]?["id"]?.snowflake == wanted.snowflake }
        if let member { found.append(member) } else { notFound.append(wanted) }
      }
    } else {
      found = search(members, data, session)
    }
    let chunks = max((found.count + 999) / 1000, 1)
    for index in 0..<chunks {
      var chunk: [String: JSONValue] = [
        "guild_id": .id(guild),
        "members": .array(Array(found.dropFirst(index * 1000).prefix(1000))),
        "chunk_index": .integer(Int64(index)), "chunk_count": .integer(Int64(chunks)),
      ]
      if !notFound.isEmpty { chunk["not_found"] = .array(notFound) }
      if data["presences"]?.bool == true, session.intents & GatewayIntent.guildPresences != 0 {
        chunk["presences"] = .array([])
      }
      if let nonce = data["nonce"]?.string, nonce.utf8.count <= 32 {
        chunk["nonce"] = .string(nonce)
      }
      deliver("GUILD_MEMBERS_CHUNK", .object(chunk), to: id, now: now, world, &outputs)
    }
  }

  /// Members whose names begin with the query; all of them only with the members intent (a guess:
  /// what the real service answers without it is not documented).
  private func search(
    _ members: [JSONValue], _ data: JSONValue, _ session: GatewayServerSession
  ) -> [JSONValue] {
    let query = (data["query"]?.string ?? "").lowercased()
    let limit = Int(clamping: max(data["limit"]?.integer ?? 0, 0))
    if query.isEmpty, limit == 0 || limit > 100 {
      return session.intents & GatewayIntent.guildMembers == 0
        ? [] : limit == 0 ? members : Array(members.prefix(limit))
    }
    let matching = members.filter { member in
      [member["nick"], member["user"]?["username"]].contains {
        $0?.string?.lowercased().hasPrefix(query) ?? false
      }
    }
    return Array(matching.prefix(limit == 0 ? 100 : min(limit, 100)))
  }
}

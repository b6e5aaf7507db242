internal import DiscordREST
internal import FoundationEssentials
internal import JSONValues

/// What the bot may do in a channel that is to be recorded.
struct ChannelChecks {
  let session: DiscordSession

  /// - Parameters:
  ///   - channel: As typed; nil to look at the guild only.
  ///   - guild: As typed; nil for any of the bot's.
  func findings(channel text: String?, guild: String?) async throws -> [Finding] {
    do {
      let resolver = session.resolver
      let channel = try await resolve(text, guild)
      let guildID =
        if let own = channel?.guild { own } else { try await resolver.guild(guild).id }
      let facts = try await facts(guild: guildID)
      if facts.guild["unavailable"]?.bool == true {
        return [.fail("guild", .guildUnavailable, ["guild": facts.guild.name])]
      }
      guard let channel else { return [Self.guildWide(facts.guild, facts.permissions(nil))] }
      return Self.findings(
        try Channel(json: channel.json, client: session.client), facts.guild,
        facts.permissions, others: try await resolver.channels(of: guildID))
    } catch {
      return [try ServiceChecks.finding("channel", error, session.base)]
    }
  }

  private func resolve(_ text: String?, _ guild: String?) async throws -> TargetResolver.Channel? {
    guard let text else { return nil }
    do {
      return try await session.resolver.channel(text, guild: guild)
    } catch let error as DiscordError where error.kind == .forbidden {
      // Discord tells a bot that a channel is there, but not which.
      var failure = FirstHourFailure.viewChannelMissing.failure(["channel": text])
      (failure.http, failure.code) = (error.status, error.discordCode)
      throw failure
    }
  }

  private struct Facts {
    var guild: Guild
    var member: Member

    func permissions(_ channel: Channel?) -> Permissions {
      guild.permissions(of: member, in: channel) ?? []
    }
  }

  private func facts(guild: String) async throws -> Facts {
    let client = session.client
    let me = try await client.request(.get, "/users/@me")["id"]?.string ?? "0"
    let full = try await client.request(.get, "/guilds/\(guild)")
    let member = try await client.request(.get, "/guilds/\(guild)/members/\(me)")
    return Facts(
      guild: try Guild(json: full, client: client), member: try Member(json: member, client: client)
    )
  }

  private static func guildWide(_ guild: Guild, _ permissions: Permissions) -> Finding {
    let missing = Invitation.names.filter { !permissions.contains($0.permission) }.map(\.name)
    let name = Terminal.escaped(guild.name)
    return missing.isEmpty
      ? .ok("permissions", "all that are needed in \(name); channels may differ: --channel")
      : .warn(
        "permissions", .permissionMissing,
        ["permission": missing.joined(separator: ", "), "channel": guild.name])
  }

  /// The channel's kind and room, then one finding for each missing permission.
  static func findings(
    _ channel: Channel, _ guild: Guild, _ permissions: (Channel?) -> Permissions,
    others: [JSONValue]
  ) -> [Finding] {
    let name = "#\(channel.name)"
    var findings: [Finding] = []
    guard channel.isVoice else {
      let voice = others.filter { ChannelKind.voice.contains($0["type"]?.integer ?? -1) }
      return [
        .fail(
          "channel", .notAVoiceChannel,
          [
            "channel": name, "kind": ChannelKind.name(Int64(channel.type.rawValue)),
            "channels": NameLookup.list(TargetResolver.candidates(voice)),
          ])
      ]
    }
    let own = permissions(channel)
    findings.append(
      channel.type == .stage
        ? .warn("channel", .stageChannel, ["channel": name])
        : .ok("channel", "\(Terminal.escaped(name)) is a voice channel"))
    if let limit = channel.userLimit, !own.contains(.moveMembers) {
      findings.append(.warn("room", .channelLimited, ["channel": name, "limit": "\(limit)"]))
    }
    guard own.contains(.viewChannel) else {
      return findings + [.fail("permissions", .viewChannelMissing, ["channel": name])]
    }
    guard own.contains(.connect) else {
      return findings + [.fail("permissions", .connectMissing, ["channel": name])]
    }
    // What posting takes is not needed to record.
    let missing = Invitation.names.filter { !own.contains($0.permission) }
    findings += missing.map {
      .warn("permissions", .permissionMissing, ["permission": $0.name, "channel": name])
    }
    if missing.isEmpty {
      findings.append(.ok("permissions", "all that recording and posting take"))
    }
    return findings
  }
}

internal import JSONValues

extension World {
  fileprivate func event(_ call: Call) throws -> ScheduledEvent {
    let guild = try guild(call)
    guard let event = scheduledEvents[try call.id(1, "guild_scheduled_event_id")],
      event.guildID == guild.id
    else { throw APIFailure.unknownEvent }
    return event
  }

  private func time(_ call: Call, _ field: String) throws -> Time? {
    guard let value = call.body[field], !value.isNull else { return nil }
    guard let time = value.string.flatMap(Timestamp.parse) else {
      throw APIFailure.form(
        [field], "DATE_TIME_TYPE_PARSE",
        "Could not parse \(value.text()). Should be ISO8601.")
    }
    return time
  }

  /// What the body changes, checked: what an entity type needs must be there.
  fileprivate func changed(_ event: ScheduledEvent, _ call: Call) throws -> ScheduledEvent {
    var event = event
    if let name = try call.string("name", length: 1...100) { event.name = name }
    if call.body["description"] != nil {
      event.details = try call.string("description", length: 0...1000)
    }
    if let type = try call.integer("entity_type", in: 1...3) { event.entityType = type }
    if let start = try time(call, "scheduled_start_time") {
      guard start > call.now else {
        throw APIFailure.form(
          ["scheduled_start_time"], "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST",
          "Cannot schedule event in the past.")
      }
      event.startsAt = start
    }
    if call.body["scheduled_end_time"] != nil {
      event.endsAt = try time(call, "scheduled_end_time")
    }
    if call.body["channel_id"] != nil { event.channelID = try call.bodyID("channel_id") }
    if let status = try call.integer("status", in: 1...4), status != event.status {
      // Scheduled becomes active or cancelled, active becomes completed; nothing else.
      guard
        (event.status, status) == (1, 2) || (event.status, status) == (1, 4)
          || (event.status, status) == (2, 3)
      else {
        throw APIFailure(400, 180_000, "Cannot update a finished event")
      }
      event.status = status
    }
    if event.entityType == 3 {
      if let location = call.body["entity_metadata"]?["location"]?.string {
        event.location = location
      }
      event.channelID = nil
      guard event.location != nil else {
        throw APIFailure.form(
          ["entity_metadata", "location"], "BASE_TYPE_REQUIRED", "This field is required")
      }
      guard event.endsAt != nil else {
        throw APIFailure.form(
          ["scheduled_end_time"], "BASE_TYPE_REQUIRED", "This field is required")
      }
    } else {
      event.location = nil
      let kind: Channel.Kind = event.entityType == 1 ? .stage : .voice
      guard let id = event.channelID else {
        throw APIFailure.form(["channel_id"], "BASE_TYPE_REQUIRED", "This field is required")
      }
      guard channels[id]?.guildID == event.guildID, channels[id]?.kind == kind else {
        throw APIFailure.unknownChannel
      }
    }
    return event
  }

  fileprivate mutating func tell(_ type: String, _ event: ScheduledEvent) {
    tell(
      "GUILD_SCHEDULED_EVENT_\(type)", json(event: event, withCount: true),
      to: .guild(event.guildID))
  }

  /// Schedules a meeting in a voice channel: GUILD_SCHEDULED_EVENT_CREATE.
  @discardableResult
  package mutating func scheduleEvent(
    _ name: String, channel: ID, by creator: ID, startsAt: Time, now: Time
  ) -> ScheduledEvent? {
    guard let place = channels[channel], let guild = place.guildID, place.kind.isVoice else {
      return nil
    }
    let event = ScheduledEvent(
      id: makeID(at: now), guildID: guild, channelID: channel, creatorID: creator, name: name,
      startsAt: startsAt, entityType: place.kind == .stage ? 1 : 2)
    scheduledEvents[event.id] = event
    tell("CREATE", event)
    return event
  }
}

extension Route {
  static let events: [Route] = [
    Route("GET", "/guilds/{}/scheduled-events") { world, call in
      let guild = try world.guild(call)
      let withCount = try call.flag("with_user_count") ?? false
      let events = world.scheduledEvents.values.filter { $0.guildID == guild.id && $0.status < 3 }
      return .json(
        .array(
          events.sorted { $0.id < $1.id }.map { world.json(event: $0, withCount: withCount) }))
    },
    Route("POST", "/guilds/{}/scheduled-events") { world, call in
      let guild = try world.guild(call, needs: .createEvents)
      var errors = FormErrors()
      for field in ["name", "privacy_level", "scheduled_start_time", "entity_type"]
      where call.body[field] == nil {
        errors.add([field], "BASE_TYPE_REQUIRED", "This field is required")
      }
      try errors.check()
      var event = try world.changed(
        World.ScheduledEvent(
          id: 0, guildID: guild.id, creatorID: try call.callerID, name: "", startsAt: 0,
          entityType: 2), call)
      event.id = world.makeID(at: call.now)
      world.scheduledEvents[event.id] = event
      world.tell("CREATE", event)
      return .json(world.json(event: event, withCount: false))
    },
    Route("GET", "/guilds/{}/scheduled-events/{}") { world, call in
      let event = try world.event(call)
      return .json(
        world.json(event: event, withCount: try call.flag("with_user_count") ?? false))
    },
    Route("PATCH", "/guilds/{}/scheduled-events/{}") { world, call in
      let old = try world.event(call)
      if old.creatorID != (try call.callerID) { _ = try world.guild(call, needs: .manageEvents) }
      let event = try world.changed(old, call)
      world.scheduledEvents[event.id] = event
      world.tell("UPDATE", event)
      return .json(world.json(event: event, withCount: false))
    },
    Route("DELETE", "/guilds/{}/scheduled-events/{}") { world, call in
      let event = try world.event(call)
      if event.creatorID != (try call.callerID) { _ = try world.guild(call, needs: .manageEvents) }
      world.scheduledEvents[event.id] = nil
      world.tell("DELETE", event)
      return .noContent
    },
    Route("GET", "/guilds/{}/scheduled-events/{}/users") { world, call in
      let event = try world.event(call)
      let limit = try call.number("limit", in: 1...100, default: 100)
      return .json(
        .array(
          event.subscriberIDs.sorted().prefix(limit).map { user in
            ["guild_scheduled_event_id": .id(event.id), "user": world.json(user: user)]
          }))
    },
  ]
}

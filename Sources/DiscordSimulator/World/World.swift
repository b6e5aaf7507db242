/// All that the simulated Discord knows, as one value: a test copies it, changes it and compares
/// it. Nothing in it knows a socket or a clock; the time is passed in.
///
/// Every change adds the gateway events that Discord would send to ``pendingEvents``;
/// ``DiscordSimulator`` takes them from there and hands them to the gateway's sessions.
package struct World: Sendable {
  /// Milliseconds since 1970-01-01 UTC.
  package typealias Time = Int64
  /// A snowflake.
  package typealias ID = UInt64

  /// Applications by their id, which is also the id of their bot user.
  package internal(set) var applications: [ID: Application] = [:]
  /// Users by id: people and bots.
  package internal(set) var users: [ID: User] = [:]
  /// Guilds by id.
  package internal(set) var guilds: [ID: Guild] = [:]
  /// Channels by id: those of guilds, threads, and direct messages.
  package internal(set) var channels: [ID: Channel] = [:]
  /// The messages of each channel, the oldest first.
  package internal(set) var messages: [ID: [Message]] = [:]
  /// Webhooks by id.
  package internal(set) var webhooks: [ID: Webhook] = [:]
  /// Scheduled events by id.
  package internal(set) var scheduledEvents: [ID: ScheduledEvent] = [:]
  /// Application commands by id.
  package internal(set) var commands: [ID: Command] = [:]
  /// Interactions by token.
  package internal(set) var interactions: [String: Interaction] = [:]
  /// Voice states by guild, then by user.
  package internal(set) var voiceStates: [ID: [ID: VoiceState]] = [:]
  /// Invites by code.
  package internal(set) var invites: [String: Invite] = [:]
  /// Uploaded files by their path on the CDN, with the leading slash.
  package internal(set) var files: [String: StoredFile] = [:]
  /// Access tokens of people (not bots), and whose they are.
  package internal(set) var userTokens: [String: ID] = [:]

  /// The start of every CDN address, set when the simulator listens.
  package var cdnBase = "https://cdn.discordapp.com"
  /// The address that `GET /gateway` gives, set when the simulator listens.
  package var gatewayURL = "wss://gateway.discord.gg"
  /// How many searches are answered with 202 before the index is ready.
  package var searchesBeforeIndexReady = 0
  /// Users who take no direct messages from strangers.
  package var usersWithClosedDMs: Set<ID> = []
  /// How large a file may be, in bytes: 10 MiB for a guild without boosts.
  package var uploadLimit = 10 * 1_048_576

  /// Gateway events that nobody took yet, in order.
  package internal(set) var pendingEvents: [WorldEvent] = []
  var lastID: ID = 0
  /// Counts changes of who is in voice and of what they may do there.
  var voiceRevision = 0

  /// An empty world.
  package init() {}

  /// Takes the gateway events of the changes since the last call.
  package mutating func takeEvents() -> [WorldEvent] {
    defer { pendingEvents = [] }
    return pendingEvents
  }

  /// A new snowflake, greater than every one before it.
  package mutating func makeID(at now: Time) -> ID {
    let floor = Snowflakes.lowest(at: now)
    lastID = max(lastID &+ 1, floor)
    return lastID
  }
}

/// Snowflakes, as Discord's reference describes them.
package enum Snowflakes {
  /// The first millisecond of 2015, where Discord's ids begin.
  package static let epoch: World.Time = 1_420_070_400_000

  /// The lowest id of a millisecond.
  package static func lowest(at time: World.Time) -> World.ID {
    let sinceEpoch = max(0, time.subtractingReportingOverflow(epoch).partialValue)
    return UInt64(sinceEpoch) << 22
  }

  /// When an id was made, in milliseconds since 1970.
  package static func time(of id: World.ID) -> World.Time {
    Int64(id >> 22) + epoch
  }
}

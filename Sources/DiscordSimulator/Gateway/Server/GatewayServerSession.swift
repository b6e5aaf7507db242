import JSONValues

/// One session of a bot: who it is, what it asked for, and the events that a resume replays.
package struct GatewayServerSession: Sendable {
  /// An event as it was sent.
  struct Sent: Sendable {
    var sequence: Int
    var payload: JSONValue
    var type: String
  }

  /// What a resume gets.
  enum Replay: Sendable {
    case events([Sent])
    /// The sequence number lies ahead of all that was sent (4007).
    case invalidSequence
    /// Events that the client lacks are no longer kept (op 9).
    case tooOld
  }

  package let id: String
  package let account: GatewayAccount
  package let intents: UInt64
  /// The shard's number and the number of shards; one of one without sharding.
  package let shard: (id: UInt64, count: UInt64)
  let largeThreshold: Int
  private let replayLimit: Int

  /// Which session of the gateway it is, from 1.
  package let startedAs: UInt64

  /// The number of the last event.
  package private(set) var sequence = 0
  private var sent: [Sent] = []
  /// The connection that it is on, nil while it waits for a resume.
  var connection: UInt64?
  /// Since when it waits for a resume.
  var detachedAt: Duration?

  init(
    id: String, account: GatewayAccount, intents: UInt64, shard: (id: UInt64, count: UInt64),
    largeThreshold: Int, replayLimit: Int, connection: UInt64, startedAs: UInt64
  ) {
    self.startedAs = startedAs
    self.id = id
    self.account = account
    self.intents = intents
    self.shard = shard
    self.largeThreshold = largeThreshold
    self.replayLimit = max(replayLimit, 1)
    self.connection = connection
  }

  /// Whether a connection is on it.
  package var isConnected: Bool { connection != nil }

  /// Numbers an event, keeps it for replay and gives its payload.
  mutating func number(_ type: String, _ data: JSONValue) -> JSONValue {
    sequence += 1
    let payload = JSONValue.object([
      "op": .integer(0), "t": .string(type), "s": .integer(Int64(sequence)), "d": data,
    ])
    sent.append(Sent(sequence: sequence, payload: payload, type: type))
    // In halves, so that each event is moved but once.
    if sent.count > replayLimit * 2 { sent.removeFirst(sent.count - replayLimit) }
    return payload
  }

  /// The events after a sequence number, and up to `repeated` ones before it (a fault).
  func replay(after last: Int, repeated: Int) -> Replay {
    guard last <= sequence, last >= 0 else { return .invalidSequence }
    let kept = sent.suffix(replayLimit)
    let oldest = kept.first?.sequence ?? 1
    guard last >= oldest - 1 else { return .tooOld }
    let first = max(last + 1 - max(repeated, 0), oldest)
    // READY is never sent again; RESUMED only ends a replay.
    return .events(
      kept.filter { $0.sequence >= first && $0.type != "READY" && $0.type != "RESUMED" })
  }

  /// Whether the shard is the one that the guild's events go to.
  func serves(guild: UInt64) -> Bool { (guild >> 22) % shard.count == shard.id }
}

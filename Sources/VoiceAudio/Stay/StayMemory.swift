internal import DAVE
internal import DiscordVoice
internal import JSONValues

/// What has led to now in a stay, for a recording that begins in the middle of it.
struct StayMemory: Sendable {
  /// Keys of so many epochs are kept: senders may lag behind by a few.
  static let mostEpochs = 8
  /// Of voice states: more people than this are in no channel.
  static let mostPeople = 1_024

  private var server: VoiceEvent?
  private var connection: VoiceEvent?
  private(set) var number: UInt32?
  private var transport: VoiceKeys?
  private var epochs: [(keys: DAVEEpochKeys, event: VoiceEvent)] = []
  private var executed: VoiceEvent?
  private var plaintext: VoiceEvent?
  private var encryption: VoiceEvent?
  private var own: VoiceEvent?
  private var moved: VoiceEvent?
  private var clients: Set<UInt64> = []
  private var speakers: [UInt32: VoiceEvent] = [:]
  private var videos: [UInt64: VoiceEvent] = [:]
  private var states: [String: VoiceEvent] = [:]
  private(set) var channel: UInt64
  private(set) var hasEnded = false

  init(channel: UInt64) { self.channel = channel }

  mutating func note(_ event: VoiceEvent) {
    switch event {
    case .voiceServer: server = server ?? event
    case .connected(let info):
      connection = event
      channel = info.channel
      begin(info.number)
    case .disconnected: connection = nil
    case .speaking(let connection, let user, let ssrc, _):
      begin(connection)
      // The flags are over by the time this is told.
      speakers[ssrc] = .speaking(connection: connection, user: user, ssrc: ssrc, flags: 0)
    case .clientsConnected(let connection, let users):
      begin(connection)
      clients.formUnion(users)
    case .clientDisconnected(_, let user):
      clients.remove(user)
      videos[user] = nil
      speakers = speakers.filter { entry in
        if case .speaking(_, user, _, _) = entry.value { return false }
        return true
      }
    case .videoSSRC(_, let user, _): videos[user] = event
    case .daveEpoch(let keys, _):
      epochs.append((keys, event))
      if epochs.count > Self.mostEpochs { epochs.removeFirst() }
    case .daveExecuted: executed = event
    case .davePlaintext: plaintext = event
    case .daveState: encryption = event
    case .ownVoiceState: own = event
    case .moved(let channel):
      moved = event
      self.channel = channel
    case .voiceState(let json):
      guard let user = json["user_id"]?.string else { break }
      if states.count < Self.mostPeople || states[user] != nil { states[user] = event }
    case .ended: hasEnded = true
    case .resumed, .daveReady, .daveWarning, .udp, .unknown: break
    }
  }

  mutating func note(_ keys: VoiceKeys) {
    guard case .transport(let connection, _, _) = keys else { return }
    begin(connection)
    transport = keys
  }

  /// SSRCs and clients are a connection's; what is told before op 4 belongs to it too.
  private mutating func begin(_ connection: UInt32) {
    guard connection != number else { return }
    number = connection
    (clients, speakers, videos) = ([], [:], [:])
    (epochs, executed, plaintext, transport) = ([], nil, nil, nil)
  }

  /// Keys first: a recording logs them before the packets.
  var keys: [VoiceKeys] { [transport].compactMap { $0 } + epochs.map { .epoch($0.keys) } }

  /// The events that tell of now, in the order in which they would have come.
  var events: [VoiceEvent] {
    var events = [server, own, moved].compactMap { $0 }
    events += states.sorted { $0.key < $1.key }.map(\.value)
    events += [connection].compactMap { $0 }
    if let number, !clients.isEmpty {
      events.append(.clientsConnected(connection: number, users: clients.sorted()))
    }
    events += speakers.sorted { $0.key < $1.key }.map(\.value)
    events += videos.sorted { $0.key < $1.key }.map(\.value)
    events += epochs.map(\.event)
    events += [executed, plaintext, encryption].compactMap { $0 }
    return events
  }
}

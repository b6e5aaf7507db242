internal import WebSocket

/// A voice session: what one Identify began, over all connections that resumed it.
package struct VoiceServerSession: Sendable {
  package let id: UInt64
  package let user: UInt64
  package let guild: UInt64
  package let channel: UInt64
  /// The gateway's session, and the token of VOICE_SERVER_UPDATE: a resume repeats both.
  let gatewaySession: String
  let token: String
  package let ssrc: UInt32
  /// Whether it is of a scripted speaker, who has no socket.
  package let isScripted: Bool
  /// Nil while the session waits for a resume, and for scripted speakers.
  package var connection: UInt64?
  var detachedAt: Duration?
  /// Whether it has its key: op 4 was sent.
  package var isDescribed = false
  /// The DAVE version of op 4.
  var version = 0
  var place: VoicePlace
  /// The flags of its last op 5; nil before the first. Others know its SSRC by that only.
  package var speaking: Int64?
  /// Op 5 of others comes so late (a fault); `.some(nil)`: not at all.
  var speakingDelay: Duration??
  var damagesNextCommit = false
  var damagesNextWelcome = false

  /// The number of the last message; they begin at 1.
  private(set) var sequence = 0
  private var buffer: [(sequence: Int, frame: WebSocketMessage)] = []
  private let limit: Int

  init(
    id: UInt64, user: UInt64, guild: UInt64, place: VoicePlace, token: String, ssrc: UInt32,
    connection: UInt64?, isScripted: Bool, replayLimit: Int
  ) {
    self.id = id
    self.user = user
    self.guild = guild
    channel = place.channel
    self.place = place
    gatewaySession = place.sessionID
    self.token = token
    self.ssrc = ssrc
    self.connection = connection
    self.isScripted = isScripted
    limit = replayLimit
  }

  /// Gives a message its number and keeps it for a resume.
  mutating func number(_ message: VoiceMessage) -> WebSocketMessage {
    sequence += 1
    let frame = message.frame(sequence: sequence)
    buffer.append((sequence, frame))
    if buffer.count > limit { buffer.removeFirst(buffer.count - limit) }
    return frame
  }

  /// `seq_ack` of a heartbeat: what came up to there is not sent again. -1 is nothing.
  mutating func acknowledge(_ number: Int64) {
    guard let index = index(of: number) else { return }
    buffer.removeFirst(max(index + 1 - kept, 0))
  }

  /// Messages that are kept although they were acknowledged, for a resume that repeats some.
  private var kept: Int { 16 }

  private func index(of number: Int64) -> Int? {
    buffer.lastIndex { Int64($0.sequence & 0xFFFF) == number }
  }

  /// What a resume sends again: what came after `number`, and up to `repeated` messages before it.
  /// Nil if not all of it is there.
  func replay(after number: Int64, repeated: Int) -> [WebSocketMessage]? {
    if number == Int64(sequence & 0xFFFF), repeated == 0 { return [] }
    let start: Int
    if let index = index(of: number) {
      start = index + 1
    } else if number == -1 || number == 0, buffer.first.map({ $0.sequence == 1 }) ?? true {
      start = 0
    } else {
      return nil
    }
    return buffer[max(start - repeated, 0)...].map(\.frame)
  }
}

/// One WebSocket to a voice server.
struct VoiceServerConnection: Sendable {
  enum Phase: Hashable, Sendable {
    /// HELLO was sent.
    case greeted
    /// On the session with this id.
    case ready(UInt64)
    /// Closed, reset or silenced by the server: what still comes is not read.
    case ended
  }

  var phase = Phase.greeted
  /// The session that was last on it.
  var lastSession: UInt64?
  var lastHeartbeat: Duration
  let heartbeatInterval: Duration
  /// Whether heartbeats are no longer acknowledged (a fault).
  var isMuted = false
  /// Which of the voice servers it is at.
  let server: Int
}

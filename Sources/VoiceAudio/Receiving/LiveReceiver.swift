internal import DAVEFrames
internal import DiscordREST
internal import RTP
internal import VoiceCrypto

/// Makes frames of datagrams, live: transport encryption, header extension, padding, end-to-end
/// encryption, order.
///
/// It has no clock and no socket. Frames whose speaker or key is not known yet wait up to 2 s.
struct LiveReceiver: ~Copyable {
  /// Voice servers forward up to 25 to 99 people; more SSRCs than this are not.
  static let mostStreams = 256

  private final class Connection {
    var cipher: TransportCipher

    init(cipher: consuming TransportCipher) { self.cipher = cipher }
  }

  private struct StreamID: Hashable {
    var connection: UInt32
    var ssrc: UInt32
  }

  var counts = ListeningCounts()
  /// Keys fail although no transition explains it: the session should be told, once.
  private(set) var isUnreadable = false
  private var connections: [UInt32: Connection] = [:]
  var users: [UInt32: UInt64] = [:]
  private var newestConnection: UInt32 = 0
  /// Where frames without end-to-end encryption are right: in stages, and while a call changes
  /// over.
  private var plaintextConnection: UInt32?
  private var keys = KeyRing()
  /// Frames whose speaker or key is not known yet.
  var waiting = RetryRing<FramePlace>()
  private var watch = FailureWatch()
  private var streams: [StreamID: LiveStream] = [:]
  private var plaintext: [UInt8] = []
  private var opened: [UInt8] = []

  init() {}

  /// Op 4: another key for the transport. SSRCs are the connection's.
  mutating func connect(_ number: UInt32, mode: TransportMode, key: [UInt8]) {
    guard let cipher = try? TransportCipher(mode: mode, key: key) else { return }
    connections[number] = Connection(cipher: cipher)
    guard number != newestConnection || connections.count == 1 else { return }
    newestConnection = number
    users = [:]
    // The socket of the one before may still have something to give.
    connections = connections.filter { $0.key == number || $0.key &+ 1 == number }
    streams = streams.filter { $0.key.connection == number || $0.key.connection &+ 1 == number }
  }

  /// Whether frames without end-to-end encryption are right at the moment.
  mutating func allowPlaintext(
    _ isAllowed: Bool, connection number: UInt32, at now: Int64, into frames: inout [VoiceFrame]
  ) {
    // It may be said before the connection's key comes.
    plaintextConnection = isAllowed ? number : nil
    if isAllowed { retryAll(at: now, into: &frames) }
  }

  /// Op 5: whose an SSRC is.
  mutating func map(
    _ ssrc: UInt32, to user: UInt64, connection: UInt32, at now: Int64,
    into frames: inout [VoiceFrame]
  ) {
    // A connection may be spoken of before its key comes.
    guard connection >= newestConnection || connections.isEmpty else { return }
    guard users[ssrc] != user, users.count < Self.mostStreams || users[ssrc] != nil else { return }
    users[ssrc] = user
    retry(ssrc, at: now, into: &frames)
  }

  /// Keys of a DAVE epoch.
  mutating func install(
    _ epoch: FrameEpoch, secrets: [UInt64: [UInt8]], at now: Int64,
    into frames: inout [VoiceFrame]
  ) {
    keys.install(epoch, secrets: secrets, at: now)
    watch.transitionBegan()
    retryAll(at: now, into: &frames)
  }

  /// Op 22.
  mutating func execute(_ epoch: FrameEpoch?, at now: Int64) {
    if let epoch { keys.retire(before: epoch, at: now) }
    watch.transitionEnded()
  }

  /// Answers for ``isUnreadable``.
  mutating func takeUnreadable() -> Bool {
    defer { isUnreadable = false }
    return isUnreadable
  }

  /// Takes a datagram in.
  ///
  /// - Parameters:
  ///   - arrival: nanoseconds of the wall clock.
  ///   - now: nanoseconds on a clock that does not go back.
  ///   - frames: gets the frames that are now to be given out.
  mutating func receive(
    _ datagram: Span<UInt8>, connection number: UInt32, arrival: Int64, at now: Int64,
    into frames: inout [VoiceFrame]
  ) {
    guard case .rtp(let header) = DatagramKind.classify(datagram), header.payloadType == 120 else {
      counts.other += 1
      return
    }
    counts.packets += 1
    guard let connection = connections[number] else {
      counts.notAuthentic += 1
      return
    }
    do {
      try connection.cipher.open(
        datagram, authenticatedLength: header.authenticatedLength, into: &plaintext)
    } catch {
      counts.notAuthentic += 1
      return
    }
    let id = StreamID(connection: number, ssrc: header.ssrc)
    makeStream(id, at: now)
    guard let numbers = streams[id]?.unwrap(header, at: now) else { return }
    let place = FramePlace(
      connection: number, ssrc: header.ssrc, sequence: numbers.sequence,
      timestamp: numbers.timestamp, arrival: arrival)
    // The array is moved out for the loan of its bytes.
    var bytes: [UInt8] = []
    swap(&bytes, &plaintext)
    defer { swap(&bytes, &plaintext) }
    let body = bytes.span
    guard header.extensionBodyLength <= body.count else {
      counts.other += 1
      return
    }
    let payload = body.extracting(header.extensionBodyLength..<body.count)
    guard let length = try? payloadWithoutPadding(payload, hasPadding: header.hasPadding) else {
      counts.other += 1
      return
    }
    guard length > 0 else {
      // Nothing but padding: it has a number, so it is not lost.
      insert(place, of: 0, opus: [], at: now, into: &frames)
      return
    }
    open(payload.extracting(0..<length), place, at: now, into: &frames)
  }

  /// Gives out what has waited long enough, and gives up on the rest; for every 20 ms or so.
  mutating func tick(at now: Int64, into frames: inout [VoiceFrame]) {
    expire(at: now)
    for id in streams.keys { drain(id, at: now, into: &frames) }
  }

  private mutating func open(
    _ frame: Span<UInt8>, _ place: FramePlace, at now: Int64, into frames: inout [VoiceFrame]
  ) {
    if attempt(frame, place, at: now, into: &frames) { return }
    var lost: [FramePlace] = []
    waiting.hold(frame, ssrc: place.ssrc, at: now, context: place) { lost.append($0) }
    giveUp(lost)
  }

  /// Whether the frame is done with; else it is worth another attempt.
  mutating func attempt(
    _ frame: Span<UInt8>, _ place: FramePlace, at now: Int64, into frames: inout [VoiceFrame]
  ) -> Bool {
    guard let user = users[place.ssrc], place.connection == newestConnection else { return false }
    do throws(FrameFailure) {
      let allowed = place.connection == plaintextConnection
      _ = try keys.open(frame, from: user, allowingPlaintext: allowed, into: &opened)
      watch.succeeded(user)
      insert(place, of: user, opus: opened, at: now, into: &frames)
      return true
    } catch {
      if watch.failed(user, because: error, at: now) { isUnreadable = true }
      switch error {
      case .noEpoch, .badTag: return false
      case .replay: counts.duplicates += 1
      case .notDAVE: counts.notEncrypted += 1
      }
      return true
    }
  }

  private mutating func insert(
    _ place: FramePlace, of user: UInt64, opus: [UInt8], at now: Int64,
    into frames: inout [VoiceFrame]
  ) {
    let id = StreamID(connection: place.connection, ssrc: place.ssrc)
    let verdict = streams[id]?.order.insert(
      FrameOrder.Frame(
        user: user, sequence: place.sequence, timestamp: place.timestamp, arrival: place.arrival,
        opus: opus),
      at: now)
    switch verdict {
    case .duplicate: counts.duplicates += 1
    case .late: counts.late += 1
    case .taken: drain(id, at: now, into: &frames)
    case nil: break
    }
  }

  private mutating func drain(_ id: StreamID, at now: Int64, into frames: inout [VoiceFrame]) {
    while let frame = streams[id]?.order.pop(at: now) {
      counts.lost += frame.lost
      guard !frame.opus.isEmpty else { continue }
      counts.frames += 1
      frames.append(
        VoiceFrame(
          user: ID<User>(Snowflake(frame.user)), ssrc: id.ssrc, connection: id.connection,
          sequence: frame.sequence, rtpTime: frame.timestamp, arrival: frame.arrival,
          lost: frame.lost, opus: frame.opus))
    }
  }

  private mutating func makeStream(_ id: StreamID, at now: Int64) {
    if streams[id] == nil {
      if streams.count >= Self.mostStreams,
        let silent = streams.min(by: { $0.value.newest < $1.value.newest })?.key
      {
        streams[silent] = nil
      }
      streams[id] = LiveStream(connection: id.connection, ssrc: id.ssrc)
    }
    streams[id]?.newest = now
  }
}

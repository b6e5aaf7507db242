internal import JSONValues

extension VoiceMessage {
  /// Nil when a field that is needed is missing or out of its range.
  init?(op: Int, _ data: JSONValue) {
    switch op {
    case 2: self.init(ready: data)
    case 4: self.init(sessionDescription: data)
    case 5:
      guard let user = data["user_id"]?.snowflake, let ssrc = data["ssrc"]?.ssrc else { return nil }
      self = .speaking(
        user: user, ssrc: ssrc, flags: Int(clamping: data["speaking"]?.integer ?? 0))
    case 6: self = .heartbeatAcknowledged
    case 8:
      let interval = data["heartbeat_interval"]?.number
      self = .hello(
        interval.flatMap { (10...86_400_000).contains($0) ? .milliseconds($0) : nil })
    case 9: self = .resumed
    case 11:
      guard let users = data["user_ids"]?.array, users.count <= Self.maximumList else { return nil }
      self = .clientsConnected(users.compactMap(\.snowflake))
    case 12: self.init(video: data)
    case 13:
      guard let user = data["user_id"]?.snowflake else { return nil }
      self = .clientDisconnected(user)
    case 21:
      guard let id = data["transition_id"]?.transition, let version = data.version else {
        return nil
      }
      self = .prepareTransition(id: id, version: version)
    case 22:
      guard let id = data["transition_id"]?.transition else { return nil }
      self = .executeTransition(id: id)
    case 24:
      // Live payloads have been seen with a number and with a string.
      guard let version = data.version,
        let epoch = data["epoch"]?.snowflake
          ?? data["epoch"]?.integer.flatMap(UInt64.init(exactly:))
      else { return nil }
      self = .prepareEpoch(epoch: epoch, version: version)
    case 14, 15, 16, 18, 20: self = .passedOver(op: op)
    default: self = .unknown(op: op, isBinary: false)
    }
  }

  private init?(ready data: JSONValue) {
    guard let ssrc = data["ssrc"]?.ssrc, let address = data["ip"]?.string,
      let port = data["port"]?.integer.flatMap(UInt16.init(exactly:)), port > 0
    else { return nil }
    let modes = data["modes"]?.array?.prefix(64).compactMap(\.string) ?? []
    self = .ready(ssrc: ssrc, address: address, port: port, modes: modes)
  }

  private init?(sessionDescription data: JSONValue) {
    guard let mode = data["mode"]?.string, let numbers = data["secret_key"]?.array,
      numbers.count <= 64
    else { return nil }
    let key = numbers.compactMap { $0.integer.flatMap(UInt8.init(exactly:)) }
    guard key.count == numbers.count else { return nil }
    // A server that does not know of DAVE leaves it out.
    let version = data["dave_protocol_version"]?.integer ?? 0
    self = .sessionDescription(mode: mode, key: key, daveVersion: Int(clamping: version))
  }

  private init?(video data: JSONValue) {
    guard let user = data["user_id"]?.snowflake else { return nil }
    var ssrcs: [UInt32] = []
    func add(_ value: JSONValue?) {
      guard let ssrc = value?.ssrc, ssrc != 0, !ssrcs.contains(ssrc) else { return }
      ssrcs.append(ssrc)
    }
    add(data["video_ssrc"])
    add(data["rtx_ssrc"])
    for stream in data["streams"]?.array?.prefix(64) ?? [] {
      add(stream["ssrc"])
      add(stream["rtx_ssrc"])
    }
    let audio = data["audio_ssrc"]?.ssrc
    self = .video(user: user, audio: audio == 0 ? nil : audio, ssrcs: ssrcs)
  }
}

extension JSONValue {
  /// An id: a string of 1 to 20 digits.
  fileprivate var snowflake: UInt64? {
    guard let text = string, (1...20).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return UInt64(text)
  }

  fileprivate var ssrc: UInt32? { integer.flatMap(UInt32.init(exactly:)) }

  fileprivate var transition: UInt16? { integer.flatMap(UInt16.init(exactly:)) }

  fileprivate var version: Int? {
    self["protocol_version"]?.integer.map { Int(clamping: $0) }
  }
}

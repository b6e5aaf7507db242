/// The first voice server information of the session: zero of the session's time.
public struct VoiceServerEvent: CaptureEventPayload {
  public static let kind = "voice_server"
  public var endpoint: String
  public var message: String { "voice server \(endpoint)" }
  public init(endpoint: String) { self.endpoint = endpoint }
}

/// A voice connection is ready for media (op 4 was received): connection numbers count from 0.
public struct ConnectionEvent: CaptureEventPayload {
  public static let kind = "connection"
  public var connection: UInt32
  /// `address:port`, IPv6 in brackets; as in the IP headers of the connection's packets.
  public var local: String
  public var remote: String
  /// The transport encryption mode, Discord's name, or `none` for imports.
  public var mode: String
  /// The recorder's own SSRC.
  public var ssrc: UInt32
  /// DAVE protocol version of op 4; 0 is none.
  public var dave: Int
  public var message: String {
    "connection \(connection) to \(remote), \(mode), DAVE version \(dave)"
  }
  public init(
    connection: UInt32, local: String, remote: String, mode: String, ssrc: UInt32, dave: Int
  ) {
    self.connection = connection
    self.local = local
    self.remote = remote
    self.mode = mode
    self.ssrc = ssrc
    self.dave = dave
  }
}

/// A voice connection ended.
public struct DisconnectEvent: CaptureEventPayload {
  public static let kind = "disconnect"
  public var connection: UInt32
  /// The WebSocket close code, where there was one.
  public var code: Int?
  public var reason: String
  public var message: String {
    "connection \(connection) ended" + (code.map { ", code \($0)" } ?? "") + ": \(reason)"
  }
  public init(connection: UInt32, code: Int?, reason: String) {
    self.connection = connection
    self.code = code
    self.reason = reason
  }
}

/// Voice gateway op 5: an SSRC belongs to a user from now on. The flags do not gate the mapping.
public struct SpeakingEvent: CaptureEventPayload {
  public static let kind = "speaking"
  public var connection: UInt32
  public var user: String
  public var ssrc: UInt32
  public var speaking: Int
  public var message: String {
    "connection \(connection): user \(user) has SSRC \(ssrc), speaking \(speaking)"
  }
  public init(connection: UInt32, user: String, ssrc: UInt32, speaking: Int) {
    self.connection = connection
    self.user = user
    self.ssrc = ssrc
    self.speaking = speaking
  }
}

/// Voice gateway op 11: users are in the call.
public struct ClientConnectEvent: CaptureEventPayload {
  public static let kind = "client_connect"
  public var connection: UInt32
  public var users: [String]
  public var message: String {
    "connection \(connection): in the call: \(users.joined(separator: " "))"
  }
  public init(connection: UInt32, users: [String]) {
    self.connection = connection
    self.users = users
  }
}

/// Voice gateway op 13: a user left the call.
public struct ClientDisconnectEvent: CaptureEventPayload {
  public static let kind = "client_disconnect"
  public var connection: UInt32
  public var user: String
  public var message: String { "connection \(connection): user \(user) left" }
  public init(connection: UInt32, user: String) {
    self.connection = connection
    self.user = user
  }
}

/// The recorder left the channel: the end of the session.
public struct LeaveEvent: CaptureEventPayload {
  public static let kind = "leave"
  public var reason: String
  public var message: String { "left: \(reason)" }
  public init(reason: String) { self.reason = reason }
}

/// Both clocks at one moment, every 10 s and after each step of the wall clock.
public struct ClockEvent: CaptureEventPayload {
  public static let kind = "clock"
  public var boottimeNanoseconds: Int64
  public var realtimeNanoseconds: Int64
  public var bootID: String
  /// True when the session clock was bridged by the wall clock after a reboot.
  public var bridged: Bool
  public var message: String {
    "clock: boot time \(boottimeNanoseconds) ns, wall clock \(realtimeNanoseconds) ns"
      + (bridged ? ", bridged over a reboot" : "")
  }
  public init(
    boottimeNanoseconds: Int64, realtimeNanoseconds: Int64, bootID: String, bridged: Bool = false
  ) {
    self.boottimeNanoseconds = boottimeNanoseconds
    self.realtimeNanoseconds = realtimeNanoseconds
    self.bootID = bootID
    self.bridged = bridged
  }

  private enum CodingKeys: String, CodingKey {
    case boottimeNanoseconds = "boottime_ns"
    case realtimeNanoseconds = "realtime_ns"
    case bootID = "boot_id"
    case bridged
  }
}

/// Packets that reached the host and are not in the log, counted since the last such event.
public struct DropsEvent: CaptureEventPayload {
  public static let kind = "drops"
  /// `kernel`, `ring`, `cap`, `disk`, `excluded` or `video`.
  public var `where`: String
  public var packets: UInt64
  public var message: String { "\(packets) packets not stored: \(`where`)" }
  public init(where: String, packets: UInt64) {
    self.where = `where`
    self.packets = packets
  }
}

/// A kernel receive stamp was out of range (age below 0 or over 2 s) and the read time was used.
public struct StampsEvent: CaptureEventPayload {
  public static let kind = "stamps"
  public var replaced: UInt64
  public var message: String { "\(replaced) kernel time stamps replaced by the read time" }
  public init(replaced: UInt64) { self.replaced = replaced }
}

/// The segment is closed; the reason is `rotation`, `finished`, `disk_full`, `sync_error`, ….
public struct SegmentEndEvent: CaptureEventPayload {
  public static let kind = "segment_end"
  public var reason: String
  public var message: String { "segment ends: \(reason)" }
  public init(reason: String) { self.reason = reason }
}

package import CaptureLog
package import VoiceCrypto

/// The opened keys that rendering needs: transport keys by connection, sender keys by user.
package struct RenderKeys: Sendable {
  /// One transport key of a connection, valid from `time` on.
  package struct Transport: Sendable {
    /// Nanoseconds since the Unix epoch, session clock.
    package var time: Int64
    /// Discord's name of the mode, or `none`.
    package var mode: String
    package var key: SecretBytes

    package init(time: Int64, mode: String, key: SecretBytes) {
      self.time = time
      self.mode = mode
      self.key = key
    }
  }

  /// One end-to-end base secret of a sender.
  package struct Sender: Sendable {
    package var time: Int64
    package var connection: UInt32
    package var incarnation: UInt32
    package var epoch: UInt64
    package var secret: SecretBytes

    package init(
      time: Int64, connection: UInt32, incarnation: UInt32, epoch: UInt64, secret: SecretBytes
    ) {
      self.time = time
      self.connection = connection
      self.incarnation = incarnation
      self.epoch = epoch
      self.secret = secret
    }
  }

  /// Ascending by time. A connection without a key carries plain RTP (imports).
  package var transport: [UInt32: [Transport]]
  /// By user id.
  package var senders: [String: [Sender]]

  package init(
    transport: [UInt32: [Transport]] = [:], senders: [String: [Sender]] = [:]
  ) {
    self.transport = transport
    self.senders = senders
  }

  /// The transport keys that a key log gave.
  static func transport(_ keys: CaptureKeys) -> [UInt32: [Transport]] {
    var transport: [UInt32: [Transport]] = [:]
    for connection in keys.transportConnections {
      transport[connection] = keys.transport(connection).map {
        Transport(time: $0.time, mode: $0.mode.rawValue, key: $0.key)
      }
    }
    return transport
  }

  /// What a key log gave, for the connections of a session.
  package init(_ keys: CaptureKeys, survey: SessionSurvey) {
    self.init()
    transport = Self.transport(keys)
    for user in keys.senderUsers {
      senders[user] = keys.senders(user).map {
        Sender(
          time: $0.time, connection: $0.connection, incarnation: $0.incarnation, epoch: $0.epoch,
          secret: $0.secret)
      }
    }
  }
}

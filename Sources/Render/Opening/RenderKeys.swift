/// The opened keys that rendering needs: transport keys by connection, sender keys by user.
package struct RenderKeys: Sendable {
  /// One transport key of a connection, valid from `time` on.
  package struct Transport: Sendable, Equatable {
    /// Nanoseconds since the Unix epoch, session clock.
    package var time: Int64
    /// Discord's name of the mode, or `none`.
    package var mode: String
    package var key: [UInt8]

    package init(time: Int64, mode: String, key: [UInt8]) {
      self.time = time
      self.mode = mode
      self.key = key
    }
  }

  /// One end-to-end base secret of a sender.
  package struct Sender: Sendable, Equatable {
    package var time: Int64
    package var connection: UInt32
    package var incarnation: Int
    package var epoch: UInt64
    package var secret: [UInt8]

    package init(
      time: Int64, connection: UInt32, incarnation: Int, epoch: UInt64, secret: [UInt8]
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
}

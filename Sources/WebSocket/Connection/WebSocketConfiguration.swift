/// Limits and times of a WebSocket, and whom a client trusts.
package struct WebSocketConfiguration: Sendable {
  /// Which authorities may sign a server's certificate.
  package enum TrustRoots: Equatable, Sendable {
    /// Those of the system.
    case system
    /// Those of a PEM file, instead of the system's.
    case file(String)
    /// Those of a PEM text, instead of the system's.
    case pem(String)
  }

  /// The largest message taken, in bytes; a larger one ends the connection with 1009.
  package var maximumMessageBytes = 16 << 20
  /// The largest frame taken, in bytes; nil: as large as a message.
  package var maximumFrameBytes: Int?
  /// How many bytes of unread messages are kept before reading from the network stops. One message
  /// is taken whatever its size.
  package var maximumUnreadBytes = 1 << 20
  /// How long connecting may take, from the name's look-up to the end of the upgrade.
  package var connectTimeout: Duration = .seconds(20)
  /// How long the peer may take to answer a close frame, and then to hang up.
  package var closeTimeout: Duration = .seconds(5)
  /// Whom a client trusts.
  package var trustRoots: TrustRoots = .system
  /// Header fields that a client's upgrade request carries besides the protocol's own.
  package var headers: [(name: String, value: String)] = []

  /// The defaults: messages up to 16 MiB, 20 s to connect, 5 s to close.
  package init() {}
}

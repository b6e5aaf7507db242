internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Errors of NIO in words, with what to do where something helps.
enum TransportErrors {
  /// Why a connection that stood was lost.
  static func lost(_ error: any Error) -> String {
    switch error {
    case NIOSSLError.uncleanShutdown, is ChannelError:
      "the peer ended the connection without a close frame"
    case let error as IOError: "the connection was lost: \(error.localizedReason)"
    default: "the connection was lost: \(error)"
    }
  }

  /// Why there is no connection.
  static func connecting(_ error: any Error, host: String, port: Int) -> WebSocketError {
    let place = "\(host):\(port)"
    switch error {
    case let error as WebSocketError: return error
    case is CancellationError:
      return WebSocketError(.cancelled, "the task that connected to \(place) was cancelled")
    case let error as NIOConnectionError:
      if let cause = error.connectionErrors.last?.error {
        return connecting(cause, host: host, port: port)
      }
      return WebSocketError(
        .connectFailed,
        "the name \(host) was not found; check it, and that this machine can resolve names")
    case ChannelError.connectTimeout:
      return WebSocketError(.timedOut, "\(place) did not answer in time")
    case let error as IOError:
      return WebSocketError(
        .connectFailed, "cannot connect to \(place): \(error.localizedReason)")
    case is NIOSSLExtraError, is NIOSSLError, is BoringSSLError, is NIOSSLCloseTimedOutError:
      return tls(error, host: host, port: port)
    case is HTTPParserError, is ByteToMessageDecoderError:
      return WebSocketError(.connectFailed, "\(place) does not speak HTTP: \(error)")
    default:
      return WebSocketError(.connectFailed, "cannot connect to \(place): \(error)")
    }
  }

  private static func tls(_ error: any Error, host: String, port: Int) -> WebSocketError {
    if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
      return WebSocketError(
        .tlsFailed,
        "the certificate of \(host):\(port) is for another name; connect by a name that the "
          + "certificate has, or give the server a certificate for \(host)")
    }
    let text = "\(error)"
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
      return WebSocketError(
        .tlsFailed,
        "the certificate of \(host):\(port) is expired or not signed by a trusted authority; if it "
          + "is your own server, give its authority's certificate (PEM) as the trust root")
    }
    if text.contains("WRONG_VERSION_NUMBER") {
      return WebSocketError(
        .tlsFailed, "\(host):\(port) does not speak TLS; is it ws: rather than wss:?")
    }
    if case NIOSSLError.uncleanShutdown = error {
      return WebSocketError(.tlsFailed, "\(host):\(port) hung up during the TLS handshake")
    }
    return WebSocketError(.tlsFailed, "TLS with \(host):\(port) failed: \(text)")
  }
}

extension IOError {
  /// The system's words, like "Connection refused".
  ///
  /// NIO's own description names the call as well, which tells users nothing.
  fileprivate var localizedReason: String { String(cString: strerror(errnoCode)) }
}

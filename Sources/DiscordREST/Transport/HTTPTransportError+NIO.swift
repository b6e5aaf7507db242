internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

extension HTTPTransportError {
  /// What an error of the HTTP client or of NIO says about the request.
  init(_ error: any Error) {
    switch error {
    case let error as HTTPTransportError: self = error
    case let error as HTTPClientError: self.init(error)
    case is NIOConnectionError:
      self.init(.notConnected, "no connection to Discord")
    case let error as NIOSSLError:
      switch error {
      case .handshakeFailed(let reason):
        self.init(.untrusted, "no encrypted connection to Discord: \(reason)")
      case .unableToValidateCertificate, .noCertificateToValidate:
        self.init(.untrusted, "Discord's certificate is not valid")
      default: self.init(.connectionLost, "the encrypted connection to Discord was lost")
      }
    case is NIOSSLExtraError:
      self.init(.untrusted, "Discord's certificate is for another host")
    case let error as ChannelError:
      if case .connectTimeout = error {
        self.init(.notConnected, "no connection to Discord in time")
      } else {
        self.init(.connectionLost, "the connection to Discord was lost")
      }
    default: self.init(.connectionLost, "the connection to Discord was lost")
    }
  }

  private init(_ error: HTTPClientError) {
    switch error {
    case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout,
      .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
      self.init(.notConnected, "no connection to Discord in time")
    case .readTimeout, .writeTimeout, .deadlineExceeded:
      self.init(.timedOut, "Discord did not answer in time")
    case .invalidURL, .emptyHost, .emptyScheme:
      self.init(.invalidResponse, "the address is not one that can be called")
    case .alreadyShutdown:
      self.init(.invalidResponse, "the HTTP client was shut down before the call")
    case .redirectLimitReached, .redirectCycleDetected:
      self.init(.invalidResponse, "the address leads elsewhere, and redirects are not followed")
    default: self.init(.connectionLost, "the connection to Discord was lost")
    }
  }
}

internal import Glibc
internal import NIOCore

/// Sits next to the socket, so that a connection can be dropped without TLS saying goodbye first.
final class TransportHandler: ChannelInboundHandler {
  typealias InboundIn = Any
  private var context: ChannelHandlerContext?

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  /// Closes at once; with a reset (RST) in place of FIN if `resetting`.
  func drop(resetting: Bool) {
    guard let context else { return }
    if resetting, let socket = context.channel as? any SocketOptionProvider {
      // Lingering for no time is how Linux is told to reset.
      socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
    }
    context.close(promise: nil)
  }
}

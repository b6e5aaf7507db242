internal import NIOCore

/// Holds back what comes from the network while a channel's handlers are exchanged.
///
/// Without it, a peer that hangs up right after the upgrade would have the bytes between the two
/// dropped by the HTTP decoder, which is leaving at that time: Discord's reason to hang up, say.
final class GateHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum Event {
    case read(NIOAny)
    case error(any Error)
    case inactive
  }

  private var context: ChannelHandlerContext?
  private var held: [Event]?

  /// From now on events are held back.
  func hold() { held = [] }

  /// Lets go what was held back, and what comes.
  func release() {
    guard let events = held.take(), let context else { return }
    for event in events {
      switch event {
      case .read(let data): context.fireChannelRead(data)
      case .error(let error): context.fireErrorCaught(error)
      case .inactive: context.fireChannelInactive()
      }
    }
    context.fireChannelReadComplete()
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if held == nil { context.fireChannelRead(data) } else { held?.append(.read(data)) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if held == nil { context.fireErrorCaught(error) } else { held?.append(.error(error)) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if held == nil { context.fireChannelInactive() } else { held?.append(.inactive) }
  }
}

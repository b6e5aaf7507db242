internal import Fuzzing
internal import NIOCore
internal import NIOEmbedded

@testable internal import WebSocket

/// What one end made of a stream of bytes.
struct Outcome: Equatable {
  var messages: [WebSocketMessage] = []
  var end: WebSocketEnd?
  var sentBytes = 0
}

/// Gives bytes to one end, in pieces of these sizes over and over.
func receive(
  _ bytes: ArraySlice<UInt8>, role: WebSocketMachine.Role, pieces: [Int]
) -> Outcome? {
  let channel = EmbeddedChannel()
  defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
  var configuration = WebSocketConfiguration()
  configuration.maximumMessageBytes = 1000
  configuration.maximumFrameBytes = 800
  let transport = TransportHandler()
  guard let address = try? SocketAddress(ipAddress: "127.0.0.1", port: 1),
    (try? channel.connect(to: address).wait()) != nil,
    (try? channel.pipeline.syncOperations.addHandler(transport)) != nil,
    let connection = try? WebSocketConnection.make(
      on: channel, role: role, configuration: configuration, transport: transport)
  else { return nil }

  var outcome = Outcome()
  var rest = bytes
  var number = 0
  while !rest.isEmpty {
    let count = pieces[number % pieces.count]
    number += 1
    _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(count)))
    rest = rest.dropFirst(count)
    let ended = connection.end != nil
    while case .success(let message?) = connection.inbound.poll() {
      precondition(message.byteCount <= configuration.maximumMessageBytes)
      outcome.messages.append(message)
    }
    precondition(connection.inbound.weight == 0)
    if ended {
      // Nothing is said after a close frame.
      let before = outcome.sentBytes
      outcome.sentBytes += sentBytes(channel)
      precondition(outcome.end == nil || outcome.sentBytes == before)
    } else {
      outcome.sentBytes += sentBytes(channel)
    }
    outcome.end = connection.end
  }
  precondition(outcome.messages.reduce(0) { $0 + $1.byteCount } <= bytes.count)
  precondition(outcome.sentBytes <= 140 + 7 * bytes.count)
  return outcome
}

func sentBytes(_ channel: EmbeddedChannel) -> Int {
  var count = 0
  while let sent = try? channel.readOutbound(as: ByteBuffer.self) { count += sent.readableBytes }
  return count
}

// The first byte says which end, the next two how the stream is cut.
fuzz { bytes, count in
  let bytes = input(bytes, count)
  guard bytes.count > 3 else { return 0 }
  let role = bytes[0] & 1 == 0 ? WebSocketMachine.Role.client : .server
  let pieces = [1 + Int(bytes[1]), 1 + Int(bytes[2] & 15)]
  let cut = receive(bytes[3...], role: role, pieces: pieces)
  let whole = receive(bytes[3...], role: role, pieces: [bytes.count])
  precondition(cut == whole, "the cutting matters")
  return 0
}

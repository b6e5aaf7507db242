internal import DiscordREST
internal import Logging
internal import Synchronization
internal import WebSocket

extension VoiceSession {
  private static let closeTime = Duration.seconds(2)

  /// Opens a WebSocket, and stays until it is closed.
  func connect(
    _ url: String, _ attempt: Int, _ outgoing: AsyncStream<VoiceEngine.Outgoing>
  ) async {
    let place = WebSocketPlace()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.open(url, attempt, place) }
      group.addTask { await self.write(outgoing, place) }
      // Whoever is first ends the other: a lost connection, or one that was to be closed.
      await group.next()
      group.cancelAll()
    }
  }

  private func open(_ url: String, _ attempt: Int, _ place: WebSocketPlace) async {
    var code: UInt16?
    do throws(WebSocketError) {
      let connection = try await WebSocketClient.connect(
        to: url, configuration: webSocketConfiguration, eventLoopGroup: eventLoopGroup,
        logger: logger)
      place.set(connection)
      await engine.take(.opened(attempt: attempt))
      do throws(WebSocketError) {
        for try await message in connection.messages {
          switch message {
          case .text(let text): await engine.received(.text(text), attempt: attempt)
          case .binary(let bytes): await engine.received(.binary(bytes), attempt: attempt)
          }
        }
        if let close = connection.end?.close, close.initiatedByPeer { code = close.code }
      } catch {
        logger.debug(
          "Connection lost", metadata: ["error": "\(DisplayText.sanitized("\(error)"))"])
      }
      connection.abort()
    } catch {
      logger.info("No connection", metadata: ["error": "\(DisplayText.sanitized("\(error)"))"])
    }
    await engine.take(.closed(code: code, attempt: attempt))
  }

  private var webSocketConfiguration: WebSocketConfiguration {
    var webSocket = WebSocketConfiguration()
    webSocket.maximumMessageBytes = VoiceMessage.maximumBytes
    webSocket.connectTimeout = .seconds(10)
    webSocket.closeTimeout = .seconds(1)
    if let file = configuration.trustRootsFile { webSocket.trustRoots = .file(file) }
    return webSocket
  }

  /// Returns when the connection was to be closed, and is.
  private func write(
    _ outgoing: AsyncStream<VoiceEngine.Outgoing>, _ place: WebSocketPlace
  ) async {
    await withDiscardingTaskGroup { group in
      let (payloads, payload) = AsyncStream<VoicePayload.Encoded>.makeStream()
      group.addTask {
        for await payload in payloads {
          // A failed write is the end of the connection, of which the reader hears.
          switch payload {
          case .text(let text): try? await place.connection?.send(.text(text))
          case .binary(let bytes): try? await place.connection?.send(.binary(bytes))
          }
        }
      }
      writing: for await next in outgoing {
        switch next {
        case .send(let encoded): payload.yield(encoded)
        case .close(let code):
          await close(place, code)
          break writing
        }
      }
      payload.finish()
      group.cancelAll()
    }
  }

  /// With a handshake, unless the peer holds it up.
  private func close(_ place: WebSocketPlace, _ code: UInt16) async {
    guard let connection = place.connection else { return }
    let clock = clock
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await connection.close(code: code) }
      group.addTask { try? await clock.sleep(for: Self.closeTime) }
      await group.next()
      connection.abort()
      group.cancelAll()
    }
  }
}

/// Where a WebSocket is, once it is open.
private final class WebSocketPlace: Sendable {
  private let value = Mutex<WebSocketConnection?>(nil)
  var connection: WebSocketConnection? { value.withLock { $0 } }
  func set(_ connection: WebSocketConnection) { value.withLock { $0 = connection } }
}

internal import DiscordREST
internal import JSONValues
internal import Logging
internal import ServiceLifecycle

extension GatewayClient {
  /// Connects and stays connected until a graceful shutdown, ``stop()``, cancellation or an error
  /// that trying again cannot mend.
  ///
  /// It returns after a graceful shutdown or ``stop()``, which close the connection with code 1000;
  /// what the handlers have before them they still finish. A cancelled run drops the connection.
  ///
  /// - Throws: ``GatewayError``, or `CancellationError`.
  public func run() async throws {
    guard state.begin() else {
      throw GatewayError(.alreadyStarted, "The gateway client was started before.")
    }
    await withTaskCancellationHandler {
      await withGracefulShutdownHandler {
        await runJobs()
      } onGracefulShutdown: {
        Task { await self.engine.take(.stop) }
      }
    } onCancel: {
      Task { await self.engine.cancel() }
    }
    if let failure { throw failure }
  }

  /// Starts the client and returns when its first session has begun.
  ///
  /// While Discord cannot be reached it goes on trying: cancel the task to give up, which stops the
  /// client as well.
  ///
  /// - Throws: ``GatewayError``, or `CancellationError`.
  @discardableResult
  public func start() async throws -> GatewayReady {
    guard state.phase == .new else {
      throw GatewayError(.alreadyStarted, "The gateway client was started before.")
    }
    Task { try? await self.run() }
    return try await waitUntilReady()
  }

  /// Returns when the first session has begun, at once if it has.
  ///
  /// - Throws: ``GatewayError`` if the client fails or is stopped before that, or
  ///   `CancellationError`, after which the client is stopped if it had no session.
  @discardableResult
  public func waitUntilReady() async throws -> GatewayReady {
    await state.waitUntilReady()
    if let ready { return ready }
    if Task.isCancelled {
      await stop()
      throw CancellationError()
    }
    throw failure ?? GatewayError(.notRunning, "The gateway client was stopped.")
  }

  /// The last session's beginning; waits for the first. Nil at the end, or when the task is
  /// cancelled, which stops nothing.
  package func firstReady() async -> GatewayReady? {
    await state.waitUntilReady()
    return ready
  }

  /// Ends the session, closes the connection with code 1000 and returns when it is closed, within
  /// 10 seconds.
  public func stop() async {
    await engine.take(.stop)
    await state.waitUntilEnd()
  }

  private func runJobs() async {
    let state = self.state
    let logger = self.logger
    let onError: @Sendable (any Error, String) -> Void = { error, name in
      state.countHandlerError()
      logger.error(
        "A handler failed",
        metadata: ["event": "\(name)", "error": "\(DisplayText.sanitized("\(error)"))"])
    }
    await withDiscardingTaskGroup { handlers in
      handlers.addTask { [hub] in
        await withDiscardingTaskGroup { group in
          for await queue in hub.queues {
            group.addTask { await queue.run(onError: onError) }
          }
        }
      }
      await withDiscardingTaskGroup { group in
        await engine.take(.start)
        for await job in jobs {
          group.addTask { await self.perform(job) }
        }
        group.cancelAll()
      }
    }
  }

  private func perform(_ job: GatewayEngine.Job) async {
    switch job {
    case .ask:
      await engine.take(askGateway())
    case .sleep(let length):
      try? await clock.sleep(for: length)
      if !Task.isCancelled { await engine.woke() }
    case .connect(let url, let connection, let outgoing):
      await connect(url, connection, outgoing)
    }
  }

  private func askGateway() async -> SessionInput {
    if let url = configuration.url { return .gateway(GatewayInformation(url: url)) }
    do {
      let json = try await client.request(.get, "/gateway/bot")
      guard let information = GatewayInformation(json) else { return .gatewayUnavailable }
      return .gateway(information)
    } catch let error as DiscordError where error.kind == .unauthorized {
      return .gatewayRefused(
        GatewayError(
          .authenticationFailed, "Discord does not accept the bot token (401).",
          hint: "Copy the token again, or reset it: developer portal, your application, Bot."))
    } catch {
      logger.info("The gateway's address cannot be asked for", metadata: ["error": "\(error)"])
      return .gatewayUnavailable
    }
  }

  private func connect(
    _ url: String, _ connection: Int, _ outgoing: AsyncStream<GatewayEngine.Outgoing>
  ) async {
    let socket: any GatewaySocket
    do {
      socket = try await connector.connect(to: url)
    } catch {
      logger.info("No connection", metadata: ["error": "\(DisplayText.sanitized("\(error)"))"])
      await engine.take(.disconnected(code: nil, connection: connection))
      return
    }
    await engine.take(.connected(connection: connection))
    await withDiscardingTaskGroup { group in
      let (closing, close) = AsyncStream<UInt16>.makeStream()
      group.addTask { await self.write(outgoing, to: socket, close) }
      group.addTask { [clock] in
        // A close frame goes after what was sent before; but a peer that no longer reads would hold
        // that up for ever.
        for await code in closing {
          guard (try? await clock.sleep(for: .seconds(2))) != nil else { return }
          await socket.close(code: code)
        }
      }
      let end = await read(socket, connection)
      await engine.take(end)
      socket.abort()
      group.cancelAll()
    }
  }

  private func write(
    _ outgoing: AsyncStream<GatewayEngine.Outgoing>, to socket: any GatewaySocket,
    _ close: AsyncStream<UInt16>.Continuation
  ) async {
    let token = client.credential.botToken
    await withDiscardingTaskGroup { group in
      let (items, item) = AsyncStream<GatewayEngine.Outgoing>.makeStream()
      group.addTask {
        for await item in items {
          switch item {
          // A failed write is the end of the connection, of which the reader hears.
          case .send(let payload): try? await socket.send(payload.text(token: token))
          case .close(let code): await socket.close(code: code)
          }
        }
      }
      for await next in outgoing {
        if case .close(let code) = next { close.yield(code) }
        item.yield(next)
      }
      item.finish()
    }
  }

  private func read(_ socket: any GatewaySocket, _ connection: Int) async -> SessionInput {
    do {
      let code = try await socket.read { [engine] frame in
        switch frame {
        case .text(let text): await engine.take(.message(text, connection: connection))
        case .binary: await engine.take(.binaryMessage(connection: connection))
        }
      }
      return .disconnected(code: code, connection: connection)
    } catch is BrokenConnection {
      return .broken(connection: connection)
    } catch {
      logger.debug(
        "Connection lost", metadata: ["error": "\(DisplayText.sanitized("\(error)"))"])
      return .disconnected(code: nil, connection: connection)
    }
  }
}

extension GatewayInformation {
  /// Reads the answer of `GET /gateway/bot`.
  init?(_ json: JSONValue) {
    guard let url = json["url"]?.string else { return nil }
    let limit = json["session_start_limit"]
    self.init(
      url: url, remainingStarts: (limit?["remaining"]?.integer).map { Int(clamping: $0) },
      resetAfter: .milliseconds(min(max(limit?["reset_after"]?.integer ?? 0, 0), 86_400_000)))
  }
}

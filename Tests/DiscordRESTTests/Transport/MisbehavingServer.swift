internal import AsyncHTTPClient
internal import DiscordREST
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// An HTTP server over real sockets that does what Discord does on its bad days.
enum MisbehavingServer {
  /// Answers by the path: see ``answer(_:)``.
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: Log
    private var uri = ""
    private var received = 0

    init(log: Log) { self.log = log }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        (uri, received) = (head.uri, 0)
        log.add(head)
      case .body(let bytes): received += bytes.readableBytes
      case .end: answer(context)
      }
    }

    private func answer(_ context: ChannelHandlerContext) {
      switch uri.split(separator: "/").last {
      case "silent": break
      case "cut": context.close(promise: nil)
      case "flaky" where log.count(of: uri) == 1: context.close(promise: nil)
      case "half": write(context, .ok, "half", length: 100_000, closes: true)
      case "redirect": write(context, .found, "", location: "/api/v10/other")
      case "missing": write(context, .notFound, String(repeating: "m", count: 2000))
      case "large": write(context, .ok, String(repeating: "1", count: 100_000))
      // Without a length, so that only counting helps.
      case "stream": write(context, .ok, String(repeating: "1", count: 100_000), isChunked: true)
      default: write(context, .ok, "\(received)")
      }
    }

    private func write(
      _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ body: String,
      length: Int? = nil, location: String? = nil, isChunked: Bool = false, closes: Bool = false
    ) {
      var headers: HTTPHeaders = [:]
      if !isChunked { headers.add(name: "Content-Length", value: "\(length ?? body.utf8.count)") }
      if let location { headers.add(name: "Location", value: location) }
      let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.writeAndFlush(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
      if closes { return context.close(promise: nil) }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }

  /// The heads of the requests that came.
  final class Log: Sendable {
    private let heads = Mutex<[HTTPRequestHead]>([])

    func add(_ head: HTTPRequestHead) { heads.withLock { $0.append(head) } }
    func count(of uri: String) -> Int { heads.withLock { $0.count { $0.uri == uri } } }
    /// Every header that was sent, as text.
    var headers: String { heads.withLock { $0.map { "\($0.headers)" }.joined() } }
  }

  /// Runs `body` with a client of a server of its own.
  static func withClient(
    _ http: HTTPClient.Configuration = DiscordClient.httpConfiguration, retries: Int = 0,
    clock: any Clock<Duration> = ContinuousClock(),
    _ body: (DiscordClient, Log) async throws -> Void
  ) async throws {
    let log = Log()
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(log: log))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let httpClient = HTTPClient(configuration: http)
    var configuration = DiscordClient.Configuration()
    configuration.baseURL = "http://127.0.0.1:\(server.localAddress?.port ?? 0)/api/v10"
    configuration.maximumResponseBytes = 1000
    configuration.maximumRetries = retries
    let client = DiscordClient(
      credential: try DiscordCredential(botToken: "secret-token"), httpClient: httpClient,
      configuration: configuration, clock: clock)
    let result: Result<Void, any Error>
    do { result = .success(try await body(client, log)) } catch { result = .failure(error) }
    try await httpClient.shutdown()
    try await server.close()
    try result.get()
  }

  /// The same without the log.
  static func withClient(
    _ http: HTTPClient.Configuration = DiscordClient.httpConfiguration,
    _ body: (DiscordClient) async throws -> Void
  ) async throws {
    try await withClient(http) { client, _ in try await body(client) }
  }
}

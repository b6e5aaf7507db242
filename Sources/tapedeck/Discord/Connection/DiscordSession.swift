internal import AsyncHTTPClient
internal import CaptureLog
internal import DiscordREST
internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOSSL

/// A command's connection to Discord.
struct DiscordSession: Sendable {
  let client: DiscordClient
  let base: APIBase
  let token: TokenSource.Token
  let output: DiscordOutput

  /// Runs `body` with a connection, which is closed behind it.
  static func with<T: Sendable>(
    _ options: DiscordOptions, token: TokenSource.Token? = nil,
    _ body: (DiscordSession) async throws -> T
  ) async throws -> T {
    let base = try APIBase(options.apiBase)
    let token = try token ?? TokenSource.load(file: options.tokenFile)
    let http = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: try configuration(options))
    var settings = DiscordClient.Configuration()
    settings.baseURL = base.url
    settings.userAgentVersion = toolVersion
    if let timeout = options.timeout { settings.totalDeadline = timeout.duration }
    let client = DiscordClient(
      credential: token.credential, httpClient: http, configuration: settings,
      logger: logger(options, token))
    let session = DiscordSession(
      client: client, base: base, token: token, output: DiscordOutput(isJSON: options.json))
    do {
      let result = try await body(session)
      try? await http.shutdown()
      return result
    } catch {
      try? await http.shutdown()
      throw ConnectionFailure.named(error, base)
    }
  }

  /// A logger that cannot show the token.
  static func logger(_ options: DiscordOptions, _ token: TokenSource.Token) -> Logger {
    let level = options.logLevel?.level ?? .critical
    return Logger(label: "discord") { label in
      TerminalLog(label: label, level: level, secret: token.text)
    }
  }

  /// The file of root certificates to trust: `--ca-file`, else `$SSL_CERT_FILE`.
  ///
  /// - Throws: 66 when it is not there, 65 when it holds none.
  static func trustRoots(_ options: DiscordOptions) throws -> String? {
    let named = options.caFile ?? Terminal.environment("SSL_CERT_FILE")
    guard let path = named, !path.isEmpty else { return nil }
    let shown = Terminal.escaped(path, limit: 200)
    guard access(path, R_OK) == 0 else {
      throw CommandFailure(.noInput, "cannot read the certificates in \(shown)")
    }
    guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
      throw CommandFailure(.badInput, "\(shown) holds no certificates in PEM form")
    }
    return path
  }

  private static func configuration(_ options: DiscordOptions) throws -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let path = try trustRoots(options) { tls.trustRoots = .file(path) }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow)
    configuration.timeout.connect = .seconds(10)
    // What a proxy or firewall lets hang shows as a time-out soon.
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }
}

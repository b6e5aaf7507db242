internal import JSONValues

extension World {
  /// Answers a call of the REST API or of the CDN, and changes the world by it.
  ///
  /// Rate limits and faults are not its business; see ``DiscordSimulator``.
  package mutating func handle(_ request: SimulatedRequest, now: Time) -> SimulatedResponse {
    guard let path = Self.apiPath(request.path) else { return file(at: request) }
    let parts = path.split(separator: "/").map { URLForm.decode($0) }
    var isKnownPath = false
    for route in Route.all {
      guard let parameters = route.parameters(of: parts) else { continue }
      isKnownPath = true
      guard route.method == request.method else { continue }
      // Handlers check everything before they change anything.
      do {
        let caller = caller(of: request)
        if route.access == .account, caller == .nobody || caller == .unknown {
          throw APIFailure.unauthorized
        }
        let call = try call(request, caller, parameters, now)
        return try route.handler(&self, call)
      } catch let failure as APIFailure {
        return failure.response
      } catch {
        return APIFailure(500, 0, "500: Internal Server Error").response
      }
    }
    return (isKnownPath ? APIFailure.methodNotAllowed : APIFailure.notFound).response
  }

  /// The path below the version; nil for a path that is not the API's.
  static func apiPath(_ path: String) -> String? {
    let parts = path.split(separator: "/", maxSplits: 2)
    guard parts.first == "api" else { return nil }
    if parts.count > 1, parts[1].first == "v", parts[1].dropFirst().allSatisfy(\.isNumber) {
      return "/" + (parts.count > 2 ? parts[2] : "")
    }
    return "/" + parts.dropFirst().joined(separator: "/")
  }

  /// Who a token belongs to.
  func caller(of request: SimulatedRequest) -> Call.Caller {
    guard let header = request.header("Authorization"), !header.isEmpty else { return .nobody }
    if header.hasPrefix("Bot ") {
      let token = header.dropFirst(4)
      let application = applications.values.first { $0.token == token }
      return application.map { .bot($0.id) } ?? .unknown
    }
    let token = header.hasPrefix("Bearer ") ? String(header.dropFirst(7)) : header
    return userTokens[token].map { .user($0) } ?? .unknown
  }

  private func call(
    _ request: SimulatedRequest, _ caller: Call.Caller, _ parameters: [String], _ now: Time
  ) throws -> Call {
    let query = request.target.drop { $0 != "?" }.dropFirst()
    var call = Call(
      request: request, caller: caller, parameters: parameters, query: URLForm.fields(query),
      body: [:], files: [], now: now)
    // More than 25 MiB are refused before anything is read.
    if request.body.count > max(25 * 1_048_576, 2 * uploadLimit) { throw APIFailure.tooLarge }
    if request.body.isEmpty || request.method == "GET" { return call }
    let type = request.header("Content-Type") ?? ""
    if type.lowercased().hasPrefix("application/json") {
      guard let body = try? JSONValue(parsing: request.body) else { throw APIFailure.invalidJSON }
      call.body = body
    } else if type.lowercased().hasPrefix("multipart/form-data") {
      guard let form = try MultipartBody(contentType: type, bytes: request.body) else {
        throw APIFailure(400, 50035, "Invalid Form Body")
      }
      call.body = form.payload ?? .object(form.fields)
      call.files = form.files
    } else if type.lowercased().hasPrefix("application/x-www-form-urlencoded") {
      let fields = URLForm.fields(String(decoding: request.body, as: UTF8.self))
      if let payload = fields.last(where: { $0.name == "payload_json" }) {
        guard let body = try? JSONValue(parsing: Array(payload.value.utf8)) else {
          throw APIFailure.invalidJSON
        }
        call.body = body
      } else {
        call.body = .object(
          Dictionary(fields.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { $1 }))
      }
    } else {
      throw APIFailure.form(
        [], "CONTENT_TYPE_INVALID",
        "Expected \"Content-Type\" header to be one of {'application/json'}.")
    }
    return call
  }

  /// A file of the CDN.
  private func file(at request: SimulatedRequest) -> SimulatedResponse {
    guard let file = files[URLForm.decode(request.path)] ?? files[request.path] else {
      return .html("<html><body>404</body></html>", status: 404)
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      return .html("<html><body>405</body></html>", status: 405)
    }
    return SimulatedResponse(
      status: 200, headers: [("Content-Type", file.contentType)], body: file.bytes)
  }
}

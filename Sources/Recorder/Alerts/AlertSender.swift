internal import AsyncHTTPClient
internal import CaptureLog
internal import DiscordREST
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1

/// Sends an alert to one target.
struct AlertSender: Sendable {
  let client: DiscordClient
  /// The capture's id.
  let capture: String
  /// What the guild and channel are called, for people.
  let place: String
  let clock: any Clock<Duration>

  private struct Body: Encodable {
    var content: String
    var event: String
    var cause: String
    var message: String
    var capture: String
    var time: String
  }

  func send(_ alert: Alert, to target: AlertTarget) async throws {
    switch target {
    case .channel(let channel): try await client.send(text(alert), to: channel)
    case .directMessage(let user):
      let channel = try await client.createDM(with: user)
      try await client.send(text(alert), to: channel)
    case .webhook(let url): try await post(alert, to: url)
    case .command(let program):
      let arguments = [Self.event(alert), alert.cause.rawValue, alert.message, capture]
      try await AlertCommand.run(program, arguments, input: json(alert), clock: clock)
    }
  }

  static func event(_ alert: Alert) -> String { alert.isCleared ? "cleared" : "raised" }

  func text(_ alert: Alert) -> String {
    let sign = alert.isCleared ? "All clear" : "Recording in danger"
    return "\(sign) in \(Markdown.escape(place)): \(alert.message) (capture \(capture))"
  }

  func json(_ alert: Alert) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = Body(
      content: text(alert), event: Self.event(alert), cause: alert.cause.rawValue,
      message: alert.message, capture: capture, time: UTCTime.text(unixNanoseconds: alert.time))
    // A flat struct of strings: encoding cannot fail.
    return (try? encoder.encode(body)).map { [UInt8]($0) } ?? []
  }

  private func post(_ alert: Alert, to url: String) async throws {
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.body = .bytes(ByteBuffer(bytes: json(alert)))
    let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    guard (200..<300).contains(answer.status.code) else {
      throw RecorderError(.temporary, "the webhook answered \(answer.status.code)")
    }
  }
}

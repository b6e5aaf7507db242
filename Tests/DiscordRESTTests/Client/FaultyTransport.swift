internal import DiscordREST
internal import Synchronization

/// A transport that answers by a script and keeps what was asked.
final class FaultyTransport: HTTPTransport {
  enum Step: Sendable {
    case answer(HTTPResponseDescription)
    case fail(HTTPTransportError.Code)
    /// Never answers; ends when the task is cancelled.
    case hang
  }

  private let steps: Mutex<[Step]>
  private let seen = Mutex<[HTTPRequestDescription]>([])

  /// The last step is repeated for ever.
  init(_ steps: [Step]) { self.steps = Mutex(steps) }

  var requests: [HTTPRequestDescription] { seen.withLock { $0 } }

  func execute(
    _ request: HTTPRequestDescription, maximumBodyBytes: Int, timeout: Duration
  ) async throws -> HTTPResponseDescription {
    seen.withLock { $0.append(request) }
    let step = steps.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    switch step {
    case .answer(let response):
      guard response.body.count <= maximumBodyBytes else {
        throw HTTPTransportError(.responseTooLarge, "too large")
      }
      return response
    case .fail(let code): throw HTTPTransportError(code, "a fault of the test")
    case .hang:
      try await Task.sleep(for: .seconds(3600))
      throw HTTPTransportError(.timedOut, "hung")
    }
  }
}

extension FaultyTransport.Step {
  static func answer(
    _ status: Int, _ body: String = "", _ headers: [(name: String, value: String)] = []
  ) -> Self {
    .answer(HTTPResponseDescription(status: status, headers: headers, body: Array(body.utf8)))
  }
}

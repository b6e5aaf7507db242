/// Whether and when a failed attempt is made again.
///
/// Never twice what could have happened once: GET, PUT and DELETE may be repeated, and a message
/// that carries a nonce which Discord is told to enforce. Everything else is repeated only if
/// nothing was sent, or if Discord said that it did nothing (429).
struct RetryPolicy {
  private let isRepeatable: Bool
  private let hasNonce: Bool
  private let deadline: Duration
  private let maximumRetries: Int
  private var failures = 0
  private var refusals = 0
  private var firstAttempt: Duration?
  /// Whether an attempt without an answer may have been carried out.
  private(set) var mayHaveHappened = false

  /// How long Discord surely remembers a nonce: its documentation says "a few minutes".
  private static let nonceLifetime: Duration = .seconds(120)

  init(
    method: DiscordMethod, hasNonce: Bool, deadline: Duration, maximumRetries: Int
  ) {
    isRepeatable = method.isIdempotent || hasNonce
    self.hasNonce = hasNonce && !method.isIdempotent
    self.deadline = deadline
    self.maximumRetries = maximumRetries
  }

  /// An attempt is sent.
  mutating func begin(at now: Duration) { firstAttempt = firstAttempt ?? now }

  /// Until when an attempt may begin: the call's deadline, or when the nonce may be forgotten.
  var lastBegin: Duration {
    guard hasNonce, mayHaveHappened, let firstAttempt else { return deadline }
    return min(deadline, firstAttempt + Self.nonceLifetime)
  }

  /// After an attempt without an answer.
  ///
  /// - Returns: When to try again; nil to give up.
  mutating func next(
    after error: HTTPTransportError.Code, at now: Duration,
    random: inout some RandomNumberGenerator
  ) -> Duration? {
    switch error {
    case .notConnected: return again(isRepeatable: true, wait: nil, at: now, random: &random)
    case .connectionLost, .timedOut:
      mayHaveHappened = true
      return again(isRepeatable: isRepeatable, wait: nil, at: now, random: &random)
    case .responseTooLarge, .untrusted, .invalidResponse, .fileUnreadable: return nil
    }
  }

  /// After an answer 5xx, which may ask for a wait.
  mutating func next(
    afterFault wait: Duration?, at now: Duration, random: inout some RandomNumberGenerator
  ) -> Duration? {
    mayHaveHappened = true
    return again(isRepeatable: isRepeatable, wait: wait, at: now, random: &random)
  }

  /// After a 429: the limiter waits, we only ask whether that is in time.
  mutating func mayRepeat(afterRefusal wait: Duration?, at now: Duration) -> Bool {
    refusals += 1
    return refusals <= 10 && now + (wait ?? .zero) < lastBegin
  }

  private mutating func again(
    isRepeatable: Bool, wait: Duration?, at now: Duration,
    random: inout some RandomNumberGenerator
  ) -> Duration? {
    failures += 1
    // After an attempt that may have happened, not even an attempt that was not sent is harmless.
    guard failures <= maximumRetries, isRepeatable, !mayHaveHappened || self.isRepeatable else {
      return nil
    }
    // Doubling from half a second to 20 s, a random half of it, so that clients do not march.
    let step = Duration.milliseconds(500) * min(1 << min(failures - 1, 10), 40)
    let backOff = step * Double.random(in: 0.5...1, using: &random)
    let time = now + max(backOff, wait ?? .zero)
    return time < lastBegin ? time : nil
  }
}

/// How the answers to one interaction are to be sent; pure.
///
/// Discord wants one first answer within 3 seconds; after it, edits and follow-ups for 15 minutes.
/// Whether an answer that was deferred is private was decided by deferring it, and a follow-up that
/// comes first would only edit the deferred one, so an answer of the other kind closes that first.
///
/// Source: Discord's documentation, "Receiving and Responding", followup messages.
package struct InteractionReplies: Sendable {
  /// What to send.
  package enum Step: Equatable, Sendable {
    /// The first answer (callback type 4).
    case answer(isEphemeral: Bool)
    /// An edit of the deferred answer, which people see as "thinking".
    case editDeferred
    /// A new message behind the first answer.
    case followUp(isEphemeral: Bool)
    /// An edit of the deferred answer to a mere "Done.", then a message of the other kind.
    case closeDeferredThenFollowUp(isEphemeral: Bool)
  }

  private enum State {
    case open
    case deferred(isEphemeral: Bool)
    case answered
  }

  private var state = State.open

  /// Nothing was sent.
  package init() {}

  /// Whether something was sent, so that the 3 seconds do not matter any more.
  package var isAcknowledged: Bool {
    if case .open = state { false } else { true }
  }

  /// Whether people still wait for words.
  package var awaitsAnswer: Bool {
    if case .answered = state { false } else { true }
  }

  /// How to send an answer now. Only one may be under way at a time.
  package func step(isEphemeral: Bool) -> Step {
    switch state {
    case .open: .answer(isEphemeral: isEphemeral)
    case .deferred(let wasPrivate) where wasPrivate == isEphemeral: .editDeferred
    case .deferred: .closeDeferredThenFollowUp(isEphemeral: isEphemeral)
    case .answered: .followUp(isEphemeral: isEphemeral)
    }
  }

  /// An answer arrived.
  package mutating func didAnswer() { state = .answered }

  /// The deferral arrived.
  package mutating func didDefer(isEphemeral: Bool) { state = .deferred(isEphemeral: isEphemeral) }

  /// Discord said that the interaction is acknowledged already (code 40060): an earlier attempt had
  /// arrived although its answer was lost.
  package mutating func wasAcknowledged(by step: Step) {
    if case .answer = step { state = .answered }
  }
}

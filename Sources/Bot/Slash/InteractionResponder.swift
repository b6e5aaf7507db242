internal import DiscordREST

/// Answers one interaction in time and in order.
package actor InteractionResponder {
  private let sender: any InteractionSender
  private var replies = InteractionReplies()
  private var isSending = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// A responder for an interaction that came just now.
  package init(sender: any InteractionSender) {
    self.sender = sender
  }

  /// Sends messages, in order: the first in the way that the interaction is in, the others after.
  package func reply(_ messages: [OutgoingMessage], isEphemeral: Bool) async throws {
    try await alone {
      for message in messages { try await send(message, isEphemeral: isEphemeral) }
    }
  }

  /// Tells Discord to wait, unless something was sent already.
  package func postpone(isEphemeral: Bool) async throws {
    try await alone {
      guard !replies.isAcknowledged else { return }
      try await sender.postpone(isEphemeral: isEphemeral)
      replies.didDefer(isEphemeral: isEphemeral)
    }
  }

  /// Says a last word, if nothing was said (else people would see "did not respond"), or in any
  /// case.
  package func finish(
    saying message: OutgoingMessage, isEphemeral: Bool, evenIfAnswered: Bool = false
  ) async throws {
    try await alone {
      guard replies.awaitsAnswer else {
        if evenIfAnswered { try await send(message, isEphemeral: isEphemeral) }
        return
      }
      // A deferred answer is edited, whomever it is for: the last word gives nothing away.
      if replies.isAcknowledged {
        try await sender.edit(message)
        replies.didAnswer()
      } else {
        try await send(message, isEphemeral: isEphemeral)
      }
    }
  }

  private func send(_ message: OutgoingMessage, isEphemeral: Bool) async throws {
    let step = replies.step(isEphemeral: isEphemeral)
    switch step {
    case .answer:
      do {
        try await sender.answer(message, isEphemeral: isEphemeral)
      } catch let error as DiscordError where error.discordCode == 40060 {
        // The deferral or this answer had arrived, though we never heard so.
        replies.wasAcknowledged(by: step)
        return
      }
    case .editDeferred:
      try await sender.edit(message)
    case .followUp:
      try await sender.followUp(message, isEphemeral: isEphemeral)
    case .closeDeferredThenFollowUp:
      try await sender.edit(OutgoingMessage(content: Self.done))
      replies.didAnswer()
      try await sender.followUp(message, isEphemeral: isEphemeral)
    }
    replies.didAnswer()
  }

  /// What is said where nothing else was.
  package static let done = "Done."

  /// One sending at a time: which way an answer goes depends on whether the one before arrived.
  private func alone(_ send: () async throws -> Void) async rethrows {
    if isSending {
      await withCheckedContinuation { waiting.append($0) }
    }
    isSending = true
    defer {
      // The turn is handed on, so that nobody comes in between.
      if waiting.isEmpty { isSending = false } else { waiting.removeFirst().resume() }
    }
    try await send()
  }
}

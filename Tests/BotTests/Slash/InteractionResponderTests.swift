import Bot
import DiscordREST
import Synchronization
import TestSupport
import Testing

/// Keeps what was sent; can fail and can be held back.
private final class FakeSender: InteractionSender {
  private let state = Mutex<(sent: [String], fail: Int)>(([], 0))
  let gate: AsyncStream<Void>?

  init(gate: AsyncStream<Void>? = nil) { self.gate = gate }

  var sent: [String] { state.withLock(\.sent) }
  func failNext(_ count: Int) { state.withLock { $0.fail = count } }

  private func note(_ text: String) async throws {
    if let gate { for await _ in gate { break } }
    let fails = state.withLock { state in
      if state.fail > 0 {
        state.fail -= 1
        return true
      }
      state.sent.append(text)
      return false
    }
    if fails { throw CancellationError() }
  }

  func answer(_ message: OutgoingMessage, isEphemeral: Bool) async throws {
    try await note("answer \(message.content)\(isEphemeral ? " privately" : "")")
  }
  func postpone(isEphemeral: Bool) async throws {
    try await note("postpone\(isEphemeral ? " privately" : "")")
  }
  func edit(_ message: OutgoingMessage) async throws { try await note("edit \(message.content)") }
  func followUp(_ message: OutgoingMessage, isEphemeral: Bool) async throws {
    try await note("follow up \(message.content)\(isEphemeral ? " privately" : "")")
  }
}

@Suite(.timeLimit(.minutes(1))) struct InteractionResponderTests {
  private let sender = FakeSender()

  private func message(_ text: String) -> [OutgoingMessage] { [OutgoingMessage(content: text)] }

  @Test func aQuickAnswerIsTheFirst() async throws {
    let responder = InteractionResponder(sender: sender)
    try await responder.reply(message("a"), isEphemeral: false)
    try await responder.postpone(isEphemeral: false)
    try await responder.reply(message("b"), isEphemeral: true)
    try await responder.finish(saying: OutgoingMessage(content: "end"), isEphemeral: true)
    #expect(sender.sent == ["answer a", "follow up b privately"])
  }

  @Test func aSlowAnswerEditsTheDeferredOne() async throws {
    let responder = InteractionResponder(sender: sender)
    try await responder.postpone(isEphemeral: true)
    try await responder.postpone(isEphemeral: true)
    try await responder.reply(message("a") + message("b"), isEphemeral: true)
    #expect(sender.sent == ["postpone privately", "edit a", "follow up b privately"])
  }

  @Test func aPrivateAnswerNeverFillsAPublicPlace() async throws {
    let responder = InteractionResponder(sender: sender)
    try await responder.postpone(isEphemeral: false)
    try await responder.reply(message("secret"), isEphemeral: true)
    try await responder.reply(message("open"), isEphemeral: false)
    #expect(
      sender.sent == ["postpone", "edit Done.", "follow up secret privately", "follow up open"])
  }

  @Test func silenceIsEndedByALastWord() async throws {
    let responder = InteractionResponder(sender: sender)
    try await responder.finish(saying: OutgoingMessage(content: "end"), isEphemeral: true)
    #expect(sender.sent == ["answer end privately"])
  }

  @Test func aDeferredSilenceIsEndedByAnEdit() async throws {
    let responder = InteractionResponder(sender: sender)
    try await responder.postpone(isEphemeral: false)
    try await responder.finish(saying: OutgoingMessage(content: "end"), isEphemeral: true)
    #expect(sender.sent == ["postpone", "edit end"])
  }

  @Test func anAnswerThatFailedIsNotTakenAsSent() async throws {
    let responder = InteractionResponder(sender: sender)
    sender.failNext(1)
    await #expect(throws: CancellationError.self) {
      try await responder.reply(message("a"), isEphemeral: false)
    }
    try await responder.reply(message("b"), isEphemeral: false)
    #expect(sender.sent == ["answer b"])
  }

  @Test func answersWaitForTheDeferralThatIsUnderWay() async throws {
    let (gate, open) = AsyncStream<Void>.makeStream()
    let sender = FakeSender(gate: gate)
    let responder = InteractionResponder(sender: sender)
    async let postponed: Void = responder.postpone(isEphemeral: false)
    async let first: Void = responder.reply(message("a"), isEphemeral: false)
    async let second: Void = responder.reply(message("a"), isEphemeral: false)
    for _ in 0..<3 { open.yield() }
    _ = try await (postponed, first, second)
    // Whoever came first, each of them knew what had been sent before.
    let orders = [
      ["postpone", "edit a", "follow up a"], ["answer a", "follow up a"],
    ]
    #expect(orders.contains(sender.sent))
  }
}

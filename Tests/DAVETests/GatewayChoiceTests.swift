import MLS
import TestSupport
import Testing

@testable import DAVE

/// What the voice gateway's part does not choose, and what a session does not say.
@Suite struct GatewayChoiceTests {
  private final class CommitBox {
    var last: [UInt8] = []
  }

  /// Some clients (davey 0.1.7) commit an addition and make no Welcome for it.
  @Test func anAdditionWithoutItsWelcomeIsNotChosen() throws {
    var call = Call(seed: 85)
    call.join(10, 20)
    call.mute = [10, 20]
    let box = CommitBox()
    call.observe = { user, action, _ in
      if user == 10, case .sendCommitWelcome(let bytes) = action { box.last = bytes }
    }
    call.join(30)
    var reader = WireReader(box.last)
    let commit = try PublicMessage(from: &reader).encoded
    #expect(commit.count < box.last.count)
    let actions = call.gateway.commitWelcome(commit, from: 10, at: 0)
    guard actions.count == 1, case .ignored(10, _) = actions[0] else {
      Issue.record("\(actions)")
      return
    }
    #expect(call.gateway.epoch == 1 && call.gateway.members.sorted() == [10, 20])
    #expect(call.gateway.commitWelcome(box.last, from: 10, at: 0).count > 1)
    #expect(call.gateway.epoch == 2 && call.gateway.members.sorted() == [10, 20, 30])
  }

  @Test func keysAreInNoDescription() throws {
    var call = Call(seed: 86)
    call.join(10, 20)
    let keys = try #require(call.installed[10]?.last)
    for text in ["\(DAVEAction.install(keys))", "\([keys])", String(reflecting: keys)] {
      #expect(text.contains("epoch 1 of group 0") && text.contains("2 senders"))
      for secret in keys.senders.values + [keys.epochAuthenticator] {
        #expect(!text.contains(secret.prefix(3).map(String.init).joined(separator: ", ")))
      }
    }
  }
}

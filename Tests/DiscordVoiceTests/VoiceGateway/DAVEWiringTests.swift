import DAVE
import JSONValues
import TestSupport
import Testing

@testable import DiscordVoice

/// Two clients in a call with the voice gateway's part of DAVE between them.
@Suite struct DAVEWiringTests {
  private struct Call {
    var clients: [UInt64: GatewayDriver] = [:]
    var gateway: DAVEExternalSender
    var random = SplitMix64(seed: 77)
    var sequence: [UInt64: UInt16] = [:]
    /// Per client, what happened.
    var log: [UInt64: [VoiceGatewayAction]] = [:]
    var executed: [UInt16] = []
    /// Whose op 23 does not come before it is said that keys are stored.
    var storesByItself = true
    var queue: [DAVEExternalSender.Action] = []

    init() { gateway = DAVEExternalSender(channel: GatewayDriver.channel, using: &random) }

    mutating func join(_ user: UInt64) {
      var driver = GatewayDriver(user: user, seed: user)
      driver.feed(.opened(resuming: false))
      driver.receive(op: 8, ["heartbeat_interval": 100_000])
      driver.ready()
      clients[user] = driver
      let everybody: JSONValue = .array(clients.keys.map { .string(String($0)) })
      for client in clients.keys.sorted() {
        take(clients[client]?.receive(op: 11, ["user_ids": everybody]) ?? [], of: client)
      }
      queue += gateway.join(user)
      take(clients[user]?.describe() ?? [], of: user)
      run()
    }

    mutating func run() {
      while !queue.isEmpty {
        for (user, op, payload) in messages(queue.removeFirst()) {
          sequence[user, default: 10] &+= 1
          let actions =
            clients[user]?.receive(binary: op, payload, seq: sequence[user] ?? 0) ?? []
          take(actions, of: user)
        }
      }
    }

    private mutating func messages(
      _ action: DAVEExternalSender.Action
    ) -> [(UInt64, UInt8, [UInt8])] {
      func id(_ transition: UInt16) -> [UInt8] {
        [UInt8(transition >> 8), UInt8(transition & 0xFF)]
      }
      switch action {
      case .externalSender(let user, let bytes): return [(user, 25, bytes)]
      case .proposals(let users, let bytes): return users.map { ($0, 27, bytes) }
      case .announceCommit(let users, let transition, let bytes):
        return users.map { ($0, 29, id(transition) + bytes) }
      case .welcome(let user, let transition, let bytes):
        return [(user, 30, id(transition) + bytes)]
      case .executeTransition(let users, let transition):
        executed.append(transition)
        for user in users {
          take(
            clients[user]?.receive(op: 22, ["transition_id": .integer(Int64(transition))]) ?? [],
            of: user)
        }
        return []
      case .prepareEpoch(let users):
        for user in users {
          take(
            clients[user]?.receive(
              op: 24, ["transition_id": 0, "epoch": 1, "protocol_version": 1]) ?? [], of: user)
        }
        return []
      case .ignored: return []
      }
    }

    mutating func take(_ actions: [VoiceGatewayAction], of user: UInt64) {
      log[user, default: []] += actions
      for action in actions {
        switch action {
        case .send(.binary(26, let bytes)): queue += gateway.keyPackage(bytes, from: user)
        case .send(.binary(28, let bytes)):
          queue += gateway.commitWelcome(bytes, from: user, at: 0)
        case .send(.transitionReady(let id)):
          queue += gateway.ready(user, transition: id, at: 0)
        case .send(.invalidCommitWelcome): queue += gateway.invalidCommitWelcome(from: user)
        case .store(_, let number) where storesByItself:
          take(clients[user]?.feed(.stored(number: number)) ?? [], of: user)
        default: break
        }
      }
    }
  }

  @Test func groupComesAboutAndFramesAreSealedWhenItIsExecuted() throws {
    var call = Call()
    call.join(1)
    #expect(call.log[1]?.sealings == [.impossible])
    call.join(2)
    #expect(call.clients[1]?.session.encryption == .member(epoch: 1))
    #expect(call.clients[2]?.session.encryption == .member(epoch: 1))
    #expect(call.executed == [1])
    let own = try #require(call.log[1]?.sealings.last)
    let other = try #require(call.log[2]?.sealings.last)
    #expect(own != other, "everybody has a key of their own")
    guard case .epoch(_, 1, let secret) = own else {
      Issue.record("not sealed")
      return
    }
    #expect(secret.count == 16)
    call.join(3)
    #expect(call.clients.values.allSatisfy { $0.session.encryption == .member(epoch: 2) })
    guard case .epoch(_, 2, _) = call.log[1]?.sealings.last else {
      Issue.record("not sealed with the new epoch")
      return
    }
    #expect(call.log[1]?.sealings.count == 3)
  }

  @Test func privacyCodesAreEqualAndStatesAreTold() {
    var call = Call()
    call.join(1)
    call.join(2)
    let codes = call.log.values.map { actions in
      actions.events.compactMap { event -> String? in
        if case .daveEpoch(_, let code) = event { code } else { nil }
      }
    }
    #expect(codes.count == 2)
    #expect(codes.first == codes.last)
    #expect(codes.first?.first?.count == 35)
    #expect(call.log[2]?.states == [.pending, .member(epoch: 1)])
  }

  @Test func readyWaitsForTheKeysAndNotForEver() throws {
    var call = Call()
    call.storesByItself = false
    call.join(1)
    call.join(2)
    let early = call.log[1]?.payloads.contains { $0 == .transitionReady(1) }
    #expect(early == false, "keys first")
    let number = try #require(call.log[1]?.stores.last)
    let stored = call.clients[1]?.feed(.stored(number: number)) ?? []
    #expect(stored.payloads == [.transitionReady(1)])
    guard case .daveReady(3, _, 1?, 1)? = stored.events.first else {
      Issue.record("not told")
      return
    }
    // The other's disk hangs.
    let late = call.clients[2]?.advance(.milliseconds(999)) ?? []
    #expect(late.payloads.isEmpty)
    let due = call.clients[2]?.advance(.milliseconds(1)) ?? []
    #expect(due.payloads == [.transitionReady(1)])
    #expect(due.notes == [.keysLate])
  }

  @Test func readinessOfASeveredConnectionIsSaidAfterTheResume() throws {
    var call = Call()
    call.storesByItself = false
    call.join(1)
    call.join(2)
    var client = try #require(call.clients[1])
    let number = try #require(call.log[1]?.stores.last)
    client.feed(.closed)
    #expect(client.feed(.stored(number: number)).isEmpty)
    client.feed(.opened(resuming: true))
    #expect(client.receive(op: 9, nil).ops == [5, 23])
  }

  @Test func readinessThatMayBeLostIsSaidAgain() throws {
    var call = Call()
    call.storesByItself = false
    call.join(1)
    call.join(2)
    var client = try #require(call.clients[1])
    let number = try #require(call.log[1]?.stores.last)
    #expect(client.feed(.stored(number: number)).ops == [23])
    client.feed(.closed)
    client.feed(.opened(resuming: true))
    #expect(client.receive(op: 9, nil).ops == [5, 23], "the server may not have heard it")
    client.receive(op: 22, ["transition_id": 1])
    client.feed(.closed)
    client.feed(.opened(resuming: true))
    #expect(client.receive(op: 9, nil).ops == [5], "it is executed")
  }

  @Test func repeatedMessagesOfAResumeChangeNothing() throws {
    var call = Call()
    call.join(1)
    call.join(2)
    var client = try #require(call.clients[1])
    // The same commit and execution again, under new numbers.
    let before = client.session.encryption
    let again = client.receive(op: 22, ["transition_id": 1], seq: 900)
    #expect(again.sealings.isEmpty)
    #expect(again.payloads.isEmpty)
    #expect(client.session.encryption == before)
  }

  @Test func downgradeAndUpgrade() {
    var call = Call()
    call.join(1)
    call.join(2)
    var client = call.clients[1] ?? GatewayDriver()
    let prepared = client.receive(op: 21, ["transition_id": 9, "protocol_version": 0])
    #expect(prepared.ops == [23])
    #expect(prepared.sealings.isEmpty, "not before everybody switches")
    let executed = client.receive(op: 22, ["transition_id": 9])
    #expect(executed.sealings == [FrameSealing.none])
    #expect(executed.states == [.off])
    let upgrade = client.receive(op: 24, ["epoch": "1", "protocol_version": 1])
    #expect(upgrade.ops == [26])
    #expect(upgrade.states == [.pending])
    #expect(upgrade.sealings.isEmpty)
    // At once.
    let now = client.receive(op: 21, ["transition_id": 0, "protocol_version": 0])
    #expect(now.ops.isEmpty)
    #expect(now.sealings == [FrameSealing.none])
  }

  @Test func unreadableFramesAskToBeAddedAgain() {
    var call = Call()
    call.join(1)
    call.join(2)
    let actions = call.clients[1]?.feed(.framesUnreadable) ?? []
    #expect(actions.ops == [31, 26])
    call.take(actions, of: 1)
    call.run()
    #expect(call.clients[1]?.session.encryption == call.clients[2]?.session.encryption)
    guard case .member = call.clients[1]?.session.encryption else {
      Issue.record("not back in the group")
      return
    }
  }
}

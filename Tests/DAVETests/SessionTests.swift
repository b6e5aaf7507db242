import Synchronization
import TestSupport
import Testing

@testable import DAVE

@Suite struct SessionTests {
  @Test func aloneThereIsNoGroup() {
    var call = Call(seed: 1)
    call.join(10)
    #expect(call.sessions[10]?.state == .pending)
    #expect(call.installed[10] == nil)
  }

  @Test func twoMakeAGroup() {
    var call = Call(seed: 2)
    call.join(10, 20)
    call.expectAgreement(10, 20)
    #expect(call.warnings.isEmpty)
  }

  @Test func peopleComeAndGo() {
    var call = Call(seed: 3)
    call.join(10, 20)
    call.join(30)
    call.expectAgreement(10, 20, 30)
    call.join(40)
    call.leave(20)
    call.expectAgreement(10, 30, 40)
    call.join(20)
    call.expectAgreement(10, 20, 30, 40)
    call.leave(10)
    call.expectAgreement(20, 30, 40)
    #expect(call.warnings.isEmpty)
  }

  @Test func whoeverIsLeftAloneBeginsAnew() {
    var call = Call(seed: 4)
    call.join(10, 20)
    call.leave(20)
    #expect(call.sessions[10]?.state == .pending)
    call.join(30)
    call.expectAgreement(10, 30)
    #expect(call.installed[10]?.map(\.incarnation) == [0, 1])
    #expect(call.installed[10]?.map(\.epoch) == [1, 1])
  }

  @Test func everybodyCommitsAndOneWins() {
    var call = Call(seed: 5)
    call.mute = [10]
    call.join(10, 20)
    call.expectAgreement(10, 20)
    call.mute = [20]
    call.join(30)
    call.expectAgreement(10, 20, 30)
    #expect(call.installed[10]?.map(\.origin) == [.welcome, .ownCommit])
    #expect(call.installed[20]?.map(\.origin) == [.ownCommit, .commit])
  }

  @Test func aCommitThatIsSaidAgainIsIgnored() {
    var call = Call(seed: 6)
    call.join(10, 20)
    var heard: [DAVEEvent] = []
    let box = EventBox()
    call.tamper = { user, event in
      if user == 10 { box.append(event) }
      return event
    }
    call.join(30)
    heard = box.events
    let before = call.installed[10]?.count
    for event in heard { call.deliver(event, to: 10) }
    call.settle()
    #expect(call.installed[10]?.count == before)
    #expect(call.warnings[10] == nil)
    call.expectAgreement(10, 20, 30)
  }

  @Test func aDamagedCommitLeadsBackIn() {
    var call = Call(seed: 7)
    call.join(10, 20)
    let once = EventBox()
    call.mute = [10]
    call.tamper = { user, event in
      guard user == 10, case .commit(let id, var bytes) = event, once.events.isEmpty else {
        return event
      }
      once.append(event)
      bytes[bytes.count - 1] ^= 1
      return .commit(transition: id, bytes)
    }
    call.join(30)
    call.expectAgreement(10, 20, 30)
    #expect(call.warnings[10]?.map(\.code) == [.badCommit, .outOfGroup])
    #expect(call.installed[10]?.last?.origin == .welcome)
  }

  @Test func aDamagedWelcomeLeadsBackIn() {
    var call = Call(seed: 8)
    call.join(10, 20)
    let once = EventBox()
    call.tamper = { user, event in
      guard case .welcome(let id, var bytes) = event, once.events.isEmpty else { return event }
      once.append(event)
      bytes[bytes.count / 2] ^= 1
      return .welcome(transition: id, bytes)
    }
    call.join(30)
    call.expectAgreement(10, 20, 30)
    #expect(call.warnings[30]?.map(\.code) == [.badWelcome, .outOfGroup])
  }

  @Test func anUnexpectedUserIsNotCommitted() {
    var call = Call(seed: 9)
    call.join(10, 20)
    call.tamper = { user, event in
      if case .usersConnected = event, user != 30 { return nil }
      return event
    }
    call.join(30)
    call.tamper = nil
    #expect(call.gateway.members.sorted() == [10, 20])
    call.deliver(.usersConnected([30]), to: 10)
    call.deliver(.usersConnected([30]), to: 20)
    call.settle()
    call.expectAgreement(10, 20, 30)
  }

  /// Rung (d) of the acceptance ladder: 500 epochs of churn, every third with several changes in one
  /// commit: while nobody's commit arrives, people come, go, and go again before they were in.
  @Test(arguments: 0..<10)
  func churn(seed: UInt64) {
    var call = Call(seed: 100 + seed)
    var random = SplitMix64(seed: seed)
    var present: [UInt64] = [1, 2]
    var next: UInt64 = 3
    var mixed = 0
    var revoked = 0
    call.join(1, 2)
    func change(_ comes: Bool) {
      if comes {
        call.join(next)
        present.append(next)
        next += 1
      } else {
        // Often one of the latest, who may not be in the group yet.
        let latest = Bool.random(using: &random) ? max(present.count - 2, 0) : 0
        let gone = present.remove(at: Int.random(in: latest..<present.count, using: &random))
        if !call.gateway.members.contains(gone) { revoked += 1 }
        call.leave(gone)
      }
    }
    for step in 0..<50 {
      let isMixed = step % 3 == 2 && present.count > 5
      if isMixed {
        call.isHoldingCommits = true
        change(true)
        change(true)
        change(false)
        if Bool.random(using: &random) { change(false) }
        call.isHoldingCommits = false
        mixed += 1
      }
      change(present.count < 5 || (present.count < 30 && Bool.random(using: &random)))
      call.expectAgreement(present)
    }
    #expect(call.warnings.isEmpty)
    #expect(mixed > 5 && revoked > 0)
    #expect(call.executed >= 45)
  }
}

/// What a closure saw.
final class EventBox: Sendable {
  private let contents = Mutex<[DAVEEvent]>([])
  var events: [DAVEEvent] { contents.withLock { $0 } }
  func append(_ event: DAVEEvent) { contents.withLock { $0.append(event) } }
}

import DAVEFrames
import MLS
import TestSupport
import Testing

@testable import DAVE

/// Groups that are begun anew, epochs that others overtake, connections that replace others.
@Suite struct GroupChangeTests {
  private func isWarning(_ action: DAVEAction) -> Bool {
    if case .warn = action { true } else { false }
  }

  @Test func aNewConnectionRetiresTheKeysOfTheOld() throws {
    var call = Call(seed: 71)
    call.join(10, 20, 30)
    let listener = Listener()
    call.observe = { user, action, now in if user == 10 { listener.take(action, at: now) } }
    call.reconnect(10, connection: 1)
    call.expectAgreement(10, 20, 30)
    let keys = try #require(call.installed[10]?.last)
    #expect(keys.connection == 1 && keys.incarnation == 0)
    // By number alone the old connection's epochs would be the later ones.
    let before = try #require(call.installed[10]?.dropLast().last)
    #expect(before.connection == 0)
    let old = FrameEpoch(connection: 0, incarnation: 0, epoch: 9)
    listener.ring.install(old, secrets: before.senders, at: call.now)
    for _ in 0..<KeyRing.leastEpochs { call.join(call.newcomer()) }
    #expect(listener.ring.keptEpochs.contains(old))
    listener.ring.prune(at: call.now + KeyRing.retention)
    #expect(!listener.ring.keptEpochs.contains(old))
    #expect(listener.ring.keptEpochs.count == KeyRing.leastEpochs)
    #expect(listener.ring.keptEpochs.allSatisfy { $0.connection == 1 })
  }

  @Test func anEpochThatIsOvertakenIsWaitedForNoLonger() throws {
    var call = Call(seed: 72)
    call.join(10, 20)
    let first = EventBox()
    call.tamper = { user, event in
      guard user == 10, case .executeTransition = event, first.events.isEmpty else { return event }
      first.append(event)
      return nil
    }
    call.join(30)
    #expect(first.events.count == 1)
    var session = try #require(call.sessions[10])
    var random = SplitMix64(seed: 1)
    // While it is to come, frames that do not open have a reason.
    #expect(session.handle(.framesUnreadable, at: 0, using: &random).isEmpty)
    call.join(40)
    call.expectAgreement(10, 20, 30, 40)
    session = try #require(call.sessions[10])
    // Said after all, it retires nothing.
    let late = try #require(first.events.first)
    #expect(session.handle(late, at: 0, using: &random).isEmpty)
    let actions = session.handle(.framesUnreadable, at: 0, using: &random)
    guard case .sendInvalidCommitWelcome = try #require(actions.first) else {
      Issue.record("\(actions)")
      return
    }
  }

  @Test func aRemovalOfOursLeavesNothingToWaitFor() throws {
    var call = Call(seed: 79)
    call.join(10, 20, 30)
    let first = EventBox()
    call.tamper = { user, event in
      guard user == 30, case .executeTransition = event, first.events.isEmpty else { return event }
      first.append(event)
      return nil
    }
    call.expel(30)
    call.expectAgreement(10, 20, 30)
    #expect(first.events.count == 1)
    #expect(call.warnings[30]?.map(\.code) == [.outOfGroup])
    var session = try #require(call.sessions[30])
    var random = SplitMix64(seed: 1)
    #expect(session.transitions.isEmpty)
    let actions = session.handle(.framesUnreadable, at: 0, using: &random)
    guard case .sendInvalidCommitWelcome = try #require(actions.first) else {
      Issue.record("\(actions)")
      return
    }
  }

  @Test func transitionsOfTheGroupBeforeRetireNothingOfTheNew() throws {
    var call = Call(seed: 73)
    call.join(10, 20)
    let first = EventBox()
    call.tamper = { user, event in
      guard user == 10, case .executeTransition = event else { return event }
      first.append(event)
      return nil
    }
    call.join(30)
    var session = try #require(call.sessions[10])
    var random = SplitMix64(seed: 1)
    _ = session.handle(.prepareEpoch(epoch: 1, version: 1), at: 0, using: &random)
    #expect(session.transitions.isEmpty && session.state == .pending && session.incarnation == 1)
    #expect(session.handle(try #require(first.events.last), at: 0, using: &random).isEmpty)
  }

  /// Without op 24: the epochs of the new group would have the names of the old one's.
  @Test func aGroupThatIsBegunAnewWithoutAWordIsAnotherIncarnation() throws {
    var call = Call(seed: 74)
    call.join(10, 20)
    #expect(call.installed[10]?.map(\.epoch) == [1])
    call.loseGroup()
    call.deliver(.framesUnreadable, to: 10)
    call.deliver(.framesUnreadable, to: 20)
    call.settle()
    call.expectAgreement(10, 20)
    for user in [10, 20] as [UInt64] {
      #expect(call.installed[user]?.map(\.epoch) == [1, 1])
      #expect(call.installed[user]?.map(\.incarnation) == [0, 1])
    }
  }

  @Test func theWayBackFromADowngradeIntoTheSameGroup() throws {
    var call = Call(seed: 75)
    call.join(10, 20)
    var random = SplitMix64(seed: 2)
    var session = try #require(call.sessions[10])
    _ = session.handle(.prepareTransition(id: 9, version: 0), at: 0, using: &random)
    _ = session.handle(.executeTransition(id: 9), at: 0, using: &random)
    #expect(session.state == .off)
    #expect(
      session.handle(.prepareTransition(id: 10, version: 1), at: 0, using: &random)
        == [.sendTransitionReady(transition: 10)])
    #expect(
      session.handle(.executeTransition(id: 10), at: 0, using: &random) == [.allowPlaintext(false)])
    #expect(session.state == .member(epoch: 1))
  }

  @Test func aStageHasNoGroup() throws {
    var call = Call(seed: 76)
    call.join(10, 20)
    let box = EventBox()
    call.tamper = { _, event in
      box.append(event)
      return event
    }
    call.join(30)
    var random = SplitMix64(seed: 3)
    var session = DAVESession(user: 30, using: &random)
    _ = session.handle(.identified(connection: 0), at: 0, using: &random)
    #expect(
      session.handle(.sessionDescription(version: 0, channel: Call.channel), at: 0, using: &random)
        == [.allowPlaintext(true)])
    for event in box.events {
      if case .sessionDescription = event { continue }
      if case .identified = event { continue }
      #expect(session.handle(event, at: 0, using: &random).allSatisfy(isWarning), "\(event)")
    }
    #expect(session.state == .off && session.roster.isEmpty)
    #expect(session.handle(.framesUnreadable, at: 0, using: &random).isEmpty)
  }

  @Test func whatAResumeSaysAgainChangesNothing() throws {
    var call = Call(seed: 77)
    call.join(10)
    let box = EventBox()
    call.tamper = { user, event in
      if user == 10 { box.append(event) }
      return event
    }
    call.join(20, 30)
    call.leave(20)
    call.join(40)
    call.tamper = nil
    var random = SplitMix64(seed: 4)
    var session = try #require(call.sessions[10])
    let state = session.state
    let kinds = Set(box.events.map(\.name))
    #expect(kinds.isSuperset(of: ["proposals", "commit", "executeTransition"]))
    for event in box.events {
      switch event {
      case .proposals, .commit, .welcome, .executeTransition:
        #expect(session.handle(event, at: 0, using: &random).isEmpty, "\(event)")
      default: break
      }
    }
    #expect(session.state == state && session.queue.isEmpty)
    call.sessions[10] = session
    call.join(50)
    call.expectAgreement(10, 30, 40, 50)
  }

  /// Several make a group of their own each; the loser hears of the winner's commit, or does not.
  @Test(arguments: [false, true])
  func theLoserOfTheRaceWaitsForItsWelcome(hearsCommit: Bool) throws {
    var call = Call(seed: 78)
    let box = EventBox()
    call.tamper = { _, event in
      box.append(event)
      return event
    }
    call.mute = [20, 30]
    call.deafToWelcome = [20]
    call.join(10, 20, 30)
    call.tamper = nil
    var random = SplitMix64(seed: 5)
    var session = try #require(call.sessions[20])
    #expect(session.state == .pending)
    let commits = box.events.filter { $0.name == "commit" }
    let welcome = try #require(call.heldWelcomes.first)
    if hearsCommit {
      for commit in commits {
        #expect(session.handle(commit, at: 0, using: &random).isEmpty)
      }
    }
    let actions = session.handle(welcome, at: 0, using: &random)
    guard case .install(let keys) = try #require(actions.first) else {
      Issue.record("\(actions)")
      return
    }
    #expect(keys.origin == .welcome && keys.senders[10] != nil)
  }
}

extension DAVEEvent {
  /// Of the case, without its values.
  var name: String { String("\(self)".prefix { $0 != "(" }) }
}

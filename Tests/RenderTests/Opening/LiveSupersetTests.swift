internal import CaptureLog
internal import CaptureSynthesis
internal import DAVEFrames
internal import RTP
internal import Testing
internal import VoiceCrypto

@testable import Render

/// What a live listener opens of a call, the offline stage opens too, byte for byte.
@Suite struct LiveSupersetTests {
  private typealias Place = EndToEndTests.Place

  /// Opens frames as they come, with the keys that it has by then.
  private struct Listener: ~Copyable {
    var ring = KeyRing()
    var waiting = RetryRing<Listener.Waiting>()
    var opened: [Place: [UInt8]] = [:]
    var allowsPlaintext = false

    struct Waiting: Sendable {
      var place: Place
      var user: UInt64
    }

    mutating func take(_ frame: [UInt8], _ place: Place, from user: UInt64, at time: Int64) {
      var output: [UInt8] = []
      let opened = try? ring.open(
        frame.span, from: user, allowingPlaintext: allowsPlaintext, into: &output)
      if opened != nil {
        if self.opened[place] == nil { self.opened[place] = output }
      } else {
        waiting.hold(
          frame.span, ssrc: place.ssrc, at: time, context: Waiting(place: place, user: user)
        ) { _ in }
      }
    }

    mutating func install(_ epoch: FrameEpoch, _ secrets: [UInt64: [UInt8]], at time: Int64) {
      ring.install(epoch, secrets: secrets, at: time)
      var taken: [(Waiting, [UInt8])] = []
      waiting.retryAll(at: time, lost: { _ in }) { frame, _, context in
        taken.append((context, (0..<frame.count).map { frame[$0] }))
        return true
      }
      for (context, frame) in taken { take(frame, context.place, from: context.user, at: time) }
    }
  }

  @Test(
    "offline opens a superset of live", arguments: ["reorder", "conversation", "reconnect"], 1...2)
  func superset(scenario: String, seed: UInt64) throws {
    let plan = try EndToEndTests.plan(scenario, seed: seed, seconds: 16)
    let capture = try SyntheticCapture(plan, encrypted: true) {
      $0.endToEnd = EndToEndTests.endToEnd()
      $0.endToEnd?.changes = [
        (.seconds(6), .downgrade), (.seconds(8), .upgrade), (.seconds(12), .recreation),
      ]
    }
    let survey = try RenderEngine.survey(capture: capture.capture)
    let keys = try capture.renderKeys(survey)
    var users: [UInt64: String] = [:]
    for stream in survey.streams {
      users[StreamKey.key(connection: stream.connection, ssrc: stream.ssrc)] = stream.user
    }
    let transport = TransportOpener(survey: survey, keys: keys)
    let offline = PayloadOpener(survey: survey, keys: keys)
    var offlineOpened: [Place: [UInt8]] = [:]
    var listener = Listener()
    var reader = try CaptureReader(opening: capture.capture)
    var packets = 0
    while let record = try reader.next() {
      switch record {
      case .damage: Issue.record("damage")
      case .event(let event): Self.take(event, keys, &listener)
      case .packet(let packet):
        let datagram = reader.withPayload { span in (0..<span.count).map { span[$0] } }
        guard case .rtp(let header) = DatagramKind.classify(datagram.span),
          header.payloadType == 120,
          let user = users[StreamKey.key(connection: packet.connection, ssrc: header.ssrc)]
        else { continue }
        packets += 1
        let place = Place(
          connection: packet.connection, ssrc: header.ssrc, sequence: header.sequenceNumber)
        var plaintext: [UInt8] = []
        if let range = transport.open(
          datagram.span, header: header, connection: packet.connection, time: packet.time,
          into: &plaintext)
        {
          listener.take(
            Array(plaintext[range]), place, from: UInt64(user) ?? 0, at: packet.time)
        }
        var payload: [UInt8] = []
        let outcome = offline.open(
          datagram.span, header: header, connection: packet.connection, user: user,
          time: packet.time, into: &payload)
        if outcome == .opened, offlineOpened[place] == nil { offlineOpened[place] = payload }
      }
    }
    let live = listener.opened
    #expect(live.count > packets / 2 && offlineOpened.count >= live.count)
    #expect(live.allSatisfy { offlineOpened[$0.key] == $0.value })
    #expect(Set(survey.epochs.epochs.keys.map(\.incarnation)).count > 1)
  }

  private static func take(
    _ event: CaptureEvent, _ keys: RenderKeys, _ listener: inout Listener
  ) {
    if event.kind == DAVEEpochEvent.kind, let begin = event.payload(DAVEEpochEvent.self) {
      var secrets: [UInt64: [UInt8]] = [:]
      for (user, senders) in keys.senders {
        let key = senders.first {
          $0.connection == begin.connection && $0.incarnation == begin.incarnation
            && $0.epoch == begin.epoch
        }
        if let key { secrets[UInt64(user) ?? 0] = key.secret.copy() }
      }
      listener.install(
        FrameEpoch(
          connection: begin.connection, incarnation: begin.incarnation, epoch: begin.epoch),
        secrets, at: event.time)
    }
    if event.kind == DAVEPlaintextEvent.kind, let change = event.payload(DAVEPlaintextEvent.self) {
      listener.allowsPlaintext = change.allowed
    }
    if event.kind == DAVETransitionEvent.kind,
      let step = event.payload(DAVETransitionEvent.self),
      step.state == DAVETransitionEvent.executed, let epoch = step.epoch
    {
      listener.ring.retire(
        before: FrameEpoch(
          connection: step.connection, incarnation: step.incarnation, epoch: epoch),
        at: event.time)
    }
  }
}

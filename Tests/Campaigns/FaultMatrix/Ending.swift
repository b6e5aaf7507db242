import CaptureLog
import CaptureSynthesis
import DiscordSimulator
import Recorder

/// A fault that ends a recording, as it is meant to, and with an alert.
struct Ending: Sendable {
  let name: String
  let reason: RecordingEnd.Reason
  let exitCode: Int32
  /// How long it may take from the last fault on.
  let within: Duration
  let act: @Sendable (Booth, Recording) async throws -> Void

  static let all: [Ending] = [
    Ending(name: "kicked", reason: .kicked, exitCode: 0, within: .seconds(7)) { booth, _ in
      booth.inject(.kick)
    },
    Ending(name: "4017", reason: .encryptionRequired, exitCode: 69, within: .seconds(3)) {
      booth, _ in
      booth.inject(.close(4017))
    },
    Ending(name: "4022, call ended", reason: .callEnded, exitCode: 0, within: .seconds(13)) {
      booth, _ in booth.inject(.endCall)
    },
    Ending(name: "4021 twice", reason: .refused, exitCode: 69, within: .seconds(3)) {
      booth, recording in
      booth.inject(.close(4021))
      try await Task.sleep(for: .seconds(1))
      // A minute away, as asked, and back.
      let deadline = ContinuousClock.now + .seconds(75)
      while recording.status.connection != .connected, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(100))
      }
      try await Task.sleep(for: .seconds(2))
      booth.inject(.close(4021))
    },
    Ending(name: "4001 twice", reason: .failed, exitCode: 70, within: .seconds(3)) { booth, _ in
      booth.inject(.close(4001))
      try await Task.sleep(for: .seconds(3))
      booth.inject(.close(4001))
    },
    Ending(name: "4004 three times", reason: .notPermitted, exitCode: 77, within: .seconds(8)) {
      booth, _ in
      booth.inject(.refuseIdentifies(4004, count: 2))
      booth.inject(.close(4004))
    },
  ]

  func run(seed: UInt64, clips: [VoiceClip]) async throws -> EndVerdict {
    try await Booth.use(seed: seed, clips: clips) { try await run(in: $0) }
  }

  private func run(in booth: Booth) async throws -> EndVerdict {
    let recording = try await booth.start()
    booth.talk(from: 0)
    try await Task.sleep(for: .seconds(3))
    try await act(booth, recording)
    let start = ContinuousClock.now
    let end = await withTaskGroup(of: RecordingEnd?.self) { group in
      group.addTask { await recording.end() }
      group.addTask {
        try? await Task.sleep(for: within)
        return nil
      }
      let first = await group.next() ?? nil
      if first == nil { await recording.stop(reason: "late") }
      group.cancelAll()
      return first
    }
    guard let end else {
      return EndVerdict(name: name, seen: "it went on", failure: "not ended within \(within)")
    }
    let took = ContinuousClock.now - start
    let seen = "\(end.reason.rawValue), exit \(end.exitCode), after \(took / .milliseconds(1)) ms"
    var failure: String?
    if end.reason != reason || end.exitCode != exitCode {
      failure = "expected \(reason.rawValue), exit \(exitCode)"
    } else if !end.isComplete {
      failure = "the capture is not complete"
    } else if end.status.alerts.count(where: { $0.cause == .ended }) != 1 {
      // Nobody asked for any of these ends.
      failure = "no alert that it has ended: \(end.status.alerts.map(\.cause))"
    } else if try Explanations(end.capture).zero == nil {
      failure = "the capture cannot be read"
    }
    return EndVerdict(name: name, seen: seen, failure: failure)
  }
}

/// How a recording ended.
struct EndVerdict: Sendable {
  let name: String
  let seen: String
  let failure: String?
}

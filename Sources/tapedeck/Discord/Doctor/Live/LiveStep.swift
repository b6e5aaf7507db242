internal import Recorder

/// One thing to try against the live service, with what the person at the keyboard is to do for it.
enum LiveStep: String, CaseIterable, Sendable {
  case join, firstSpeaker, secondSpeaker, endToEnd, epochChange, move, stay, leave

  /// What is shown; nil: nothing is to be done.
  var prompt: String? {
    switch self {
    case .join: nil
    case .firstSpeaker: "Join the channel and talk for ten seconds."
    case .secondSpeaker: "Have a second person join and talk for ten seconds."
    case .endToEnd: nil
    case .epochChange: "Have the second person leave and join again, and both talk."
    case .move: "Move the bot to another voice channel: right click it, Move To."
    case .stay: "Nothing to do: the bot stays for a while. Go on talking now and then."
    case .leave: nil
    }
  }

  /// How long it may take, in seconds.
  func patience(stay: Double) -> Double {
    switch self {
    case .join, .endToEnd, .leave: 30
    case .firstSpeaker, .secondSpeaker, .epochChange, .move: 180
    case .stay: stay + 60
    }
  }

  /// What a step is judged by.
  struct Facts: Equatable, Sendable {
    var isConnected = false
    /// Voice packets of each speaker who has been heard.
    var heard: [UInt64] = []
    var epoch: UInt64?
    var isStage = false
    /// The channel, by number of changes.
    var moves = 0
    var elapsed = 0.0

    init() {}
  }

  /// Whether it has come about.
  ///
  /// - Parameters:
  ///   - before: As things stood when the step began.
  ///   - stay: How long the stay is to be, in seconds.
  func isDone(_ now: Facts, before: Facts, stay: Double) -> Bool {
    switch self {
    case .join: now.isConnected
    case .firstSpeaker: now.heard.contains { $0 >= 100 }
    case .secondSpeaker: now.heard.count { $0 >= 100 } >= 2
    // A stage has none, and that is right.
    case .endToEnd: now.epoch != nil || now.isStage
    case .epochChange: now.isStage || now.epoch.map { $0 != before.epoch } ?? false
    case .move: now.moves > before.moves && now.isConnected
    case .stay: now.elapsed - before.elapsed >= stay && now.isConnected
    case .leave: true
    }
  }
}

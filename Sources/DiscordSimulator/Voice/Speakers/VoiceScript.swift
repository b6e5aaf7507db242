/// What a scripted speaker does: comes, talks and pauses, goes. Each clip is one talk spurt, with
/// five frames of silence behind it.
package struct VoiceScript: Sendable {
  package enum Step: Sendable {
    case say(VoiceClip)
    case pause(Duration)
    /// Leaves the channel for so long.
    case away(Duration)
  }

  /// When a sender takes up the keys of a new epoch.
  package enum KeyChange: Sendable {
    /// When the commit was processed, and silence stays in the clear, as davey does.
    case atCommit
    /// At op 22, as libdave does.
    case atExecution
  }

  /// How long after ``DiscordSimulator/speak(_:in:_:)`` the speaker comes.
  package var joinsAfter: Duration = .zero
  /// What it does then, in this order.
  package var steps: [Step]
  /// How often the steps are done; nil: until told to leave.
  package var repetitions: Int? = 1
  /// Whether the speaker leaves the channel when the script is over.
  package var leavesAtEnd = true
  /// How much faster the speaker's clock runs, in millionths.
  package var clockPPM = 0.0
  /// Whether RTP timestamps stand still in pauses, as discord.py's do.
  package var freezesTimestamps = false
  package var keyChange = KeyChange.atExecution
  /// Whether op 5 with 0 is sent behind each spurt.
  package var sendsSpeakingEnd = true

  /// A script of steps.
  package init(_ steps: [Step]) {
    self.steps = steps
  }

  /// Clips with pauses behind them, once or again and again.
  package init(
    _ clips: [VoiceClip], pause: Duration = .seconds(1), repetitions: Int? = 1,
    joinsAfter: Duration = .zero
  ) {
    steps = clips.flatMap { [.say($0), .pause(pause)] }
    self.repetitions = repetitions
    self.joinsAfter = joinsAfter
  }
}

import DiscordSimulator
import Recorder

/// One fault of the matrix: how it is done, and what it may cost.
struct Trial: Sendable {
  /// What has to be heard of it.
  enum Alerting: Sendable, Equatable {
    /// One alert with its all-clear if nothing was heard for more than ten seconds, else none.
    case whenLong
    /// One of this cause with its all-clear, however long it is.
    case always(Alert.Cause)
  }

  /// A word or two, for the table and for `--only`.
  let name: String
  /// Seconds of speech of any one speaker that may be lost beyond the fault itself.
  let limit: Double
  /// Whether nobody can be heard until ``act`` returns, so that it is the fault's own time.
  let deafens: Bool
  let alerting: Alerting
  /// How long after ``act`` the call may be somewhere between, before the next trial begins.
  let patience: Duration
  /// Trials of this kind end a recording when two come within 30 s, as they are meant to.
  let isOncePerHalfMinute: Bool
  /// Does the fault, and returns when it is over.
  let act: @Sendable (Booth) async throws -> Void

  init(
    _ name: String, limit: Double, deafens: Bool = false, alerting: Alerting = .whenLong,
    patience: Duration = .seconds(60), isOncePerHalfMinute: Bool = false,
    act: @escaping @Sendable (Booth) async throws -> Void
  ) {
    self.name = name
    self.limit = limit
    self.deafens = deafens
    self.alerting = alerting
    self.patience = patience
    self.isOncePerHalfMinute = isOncePerHalfMinute
    self.act = act
  }

  /// A fault of voice that is over after a time.
  init(
    _ name: String, limit: Double, _ effects: VoiceFault.Effect..., for time: Duration = .zero,
    deafens: Bool = false, isOncePerHalfMinute: Bool = false
  ) {
    self.init(
      name, limit: limit, deafens: deafens, isOncePerHalfMinute: isOncePerHalfMinute
    ) { booth in
      for effect in effects { booth.inject(effect) }
      try await Task.sleep(for: time)
    }
  }

  /// All that a recording goes through.
  static let all = path + connection + call + mainGateway
}

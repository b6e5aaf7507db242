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

  enum Kind: Hashable, Sendable {
    case any
    /// Two within 30 s end a recording, as they are meant to.
    case refusal
    /// A main gateway that is lost again within 20 s is asked again ever more slowly.
    case mainGateway

    /// Seconds between two.
    var distance: Int64 {
      switch self {
      case .any: 0
      case .refusal: 33
      case .mainGateway: 22
      }
    }
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
  /// Trials of one kind need some time between them.
  let kind: Kind
  /// Does the fault, and returns when it is over.
  let act: @Sendable (Booth) async throws -> Void

  init(
    _ name: String, limit: Double, deafens: Bool = false, alerting: Alerting = .whenLong,
    patience: Duration = .seconds(60), kind: Kind = .any,
    act: @escaping @Sendable (Booth) async throws -> Void
  ) {
    self.name = name
    self.limit = limit
    self.deafens = deafens
    self.alerting = alerting
    self.patience = patience
    self.kind = kind
    self.act = act
  }

  /// A fault of voice that is over after a time.
  init(
    _ name: String, limit: Double, _ effects: VoiceFault.Effect..., for time: Duration = .zero,
    deafens: Bool = false, kind: Kind = .any
  ) {
    self.init(
      name, limit: limit, deafens: deafens, kind: kind
    ) { booth in
      for effect in effects { booth.inject(effect) }
      try await Task.sleep(for: time)
    }
  }

  /// All that a recording goes through.
  static let all = path + connection + call + mainGateway
}

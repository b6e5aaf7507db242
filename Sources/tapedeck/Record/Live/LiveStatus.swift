/// What the live view shows of a recording. Names are as Discord sent them: foreign text.
struct LiveStatus: Equatable, Sendable {
  struct Speaker: Equatable, Sendable {
    var id: String
    var name: String
    var isBot = false
    var isTalking = false
    var packets: Int64 = 0
    /// Packets that are missing by the sequence numbers.
    var lost: Int64 = 0

    /// The share that is lost, 0 to 1.
    var loss: Double {
      let all = packets + lost
      return all > 0 && lost > 0 ? Double(lost) / Double(all) : 0
    }
  }

  /// Whether the call is encrypted from speaker to listener.
  enum EndToEnd: Equatable, Sendable {
    /// Not known yet, or the group is being set up.
    case pending
    /// With the code that everybody in the call sees; nil while there is none, as when alone.
    case on(privacyCode: String?)
    /// A stage channel has none.
    case stage
    case off

    var text: String {
      switch self {
      case .pending: "E2EE: being set up"
      case .on(let code?) where !code.isEmpty: "E2EE on, privacy code \(code)"
      case .on: "E2EE on"
      case .stage: "E2EE: none (stage)"
      case .off: "E2EE: off"
      }
    }
  }

  enum Connection: String, Equatable, Sendable {
    case joining, recording, reconnecting, ended
  }

  var guild = ""
  var channel = ""
  /// Seconds since the session began.
  var elapsed: Double = 0
  var connection = Connection.joining
  var speakers: [Speaker] = []
  var endToEnd = EndToEnd.pending
  var packets: Int64 = 0
  var bytes: Int64 = 0
  /// Packets that did not get into the capture, for whatever reason.
  var drops: Int64 = 0
  /// Bytes that are free where the capture is written; nil: not known.
  var diskFree: Int64?
  /// What is amiss now.
  var warnings: [String] = []

  var talking: [Speaker] { speakers.filter(\.isTalking) }

  /// `1:02:03`, always with minutes and seconds.
  static func clock(_ seconds: Double) -> String {
    let whole = seconds.isFinite ? Int(max(0, min(seconds, 1e9))) : 0
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let rest = "\(two(whole / 60 % 60)):\(two(whole % 60))"
    return whole >= 3600 ? "\(whole / 3600):\(rest)" : rest
  }

  /// `1.2 %` of a share.
  static func percent(_ share: Double) -> String {
    let permille = share.isFinite ? Int((max(0, min(share, 1)) * 1000).rounded()) : 0
    return "\(permille / 10).\(permille % 10) %"
  }

  /// `12,345`.
  static func number(_ value: Int64) -> String {
    var digits = String(value)
    var groups: [String] = []
    while digits.utf8.count > 3, digits.dropLast(3) != "-" {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }
}

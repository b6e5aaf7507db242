internal import CaptureLog
internal import FoundationEssentials
internal import VoiceCrypto

extension SessionInfo {
  static let simulatedBootID = "7a9edec0-0000-4000-8000-000000000000"
  /// CLOCK_BOOTTIME at the start of every synthetic session, ns.
  static let simulatedBoottime: Int64 = 100_000_000_000_000

  init(_ plan: CapturePlan, options: SynthesisOptions) {
    let date = Date(timeIntervalSince1970: Double(options.startUnixNanoseconds / 1_000_000_000))
    let start = date.formatted(.iso8601)
    let compact = start.filter { $0 != "-" && $0 != ":" }
    // Captures of different plans have different ids, so that they can be rendered together.
    let guild = "200000000000000001"
    let channel = String(300_000_000_000_000_000 + Self.number(plan) % 1_000_000_000_000)
    self.init(
      id: "\(compact)-\(guild)-\(channel)", guildID: guild, guildName: "Simulation",
      channelID: channel, channelName: plan.name, start: start,
      startUnixNanoseconds: options.startUnixNanoseconds, build: "tapedeck \(toolVersion)",
      recipients: options.recipients.map(\.id), source: "simulated",
      encryptedAtRest: options.mode != .none,
      bootID: Self.simulatedBootID, startBoottimeNanoseconds: Self.simulatedBoottime)
  }

  private static func number(_ plan: CapturePlan) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "\(plan.name) \(plan.seed) \(plan.duration)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return hash
  }
}

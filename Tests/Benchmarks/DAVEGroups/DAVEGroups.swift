internal import DAVE
internal import Foundation
internal import MLS

/// What joining, committing and long churn cost; prints one JSON object.
///
/// CPU seconds of this process, the least of five runs; memory is the process's own, read after half
/// of the churn and at its end.
@main
enum DAVEGroups {
  static func main() throws {
    var random = SystemRandomNumberGenerator()
    var result: [String: Double] = [:]
    for size in [5, 25, 50] {
      var commits: [Double] = []
      var joins: [Double] = []
      for _ in 0..<5 {
        let scene = try Scene(size: size, using: &random)
        let (commit, commitTime) = try cpu { try scene.group.commit(scene.queue, using: &random) }
        let welcome = commit.welcome
        let (_, joinTime) = try cpu {
          try scene.newcomers.last.map { newcomer in
            try Group(
              joining: welcome?.cut(to: newcomer.reference) ?? Welcome(parsing: []),
              with: [newcomer], groupID: scene.group.groupID,
              externalSender: scene.externalSender)
          }
        }
        commits.append(commitTime)
        joins.append(joinTime)
      }
      result["commit_of_\(size - 1)_adds_ms"] = (commits.min() ?? 0) * 1000
      result["join_of_\(size)_ms"] = (joins.min() ?? 0) * 1000
    }
    result.merge(try churn(epochs: 1000, using: &random)) { _, new in new }
    let fields = result.sorted { $0.key < $1.key }.map { key, value in
      "\"\(key)\": \(String(format: "%.3f", value))"
    }
    print("{\(fields.joined(separator: ", "))}")
  }

  /// A group of one and a queue of additions.
  struct Scene {
    var group: Group
    var newcomers: [OwnKeyPackage] = []
    var queue: [QueuedProposal] = []
    var externalSender: ExternalSender

    init(size: Int, using random: inout some RandomNumberGenerator) throws {
      let key = SigningKey(using: &random)
      externalSender = ExternalSender(
        signatureKey: key.publicKey, credential: Credential(identity: [0]))
      let own = try OwnKeyPackage(
        identity: [UInt8](repeating: 0, count: 8), signingKey: SigningKey(using: &random),
        using: &random)
      group = try Group(
        creating: [1], externalSender: externalSender, with: own, using: &random)
      for number in 1..<size {
        let newcomer = try OwnKeyPackage(
          identity: [0, 0, 0, 0, 0, 0, 0, UInt8(number)], signingKey: SigningKey(using: &random),
          using: &random)
        let content = FramedContent(
          groupID: [1], epoch: 0, sender: .external(0),
          body: .proposal(.add(newcomer.keyPackage)))
        let message = try PublicMessage(signing: content, with: key)
        queue.append(try group.verify(proposal: message))
        newcomers.append(newcomer)
      }
    }
  }

  /// Two sessions and one that comes and goes, over and over.
  static func churn(
    epochs: Int, using random: inout some RandomNumberGenerator
  ) throws -> [String: Double] {
    var gateway = DAVEExternalSender(channel: 1, using: &random)
    var sessions: [UInt64: DAVESession] = [:]
    var queue: [DAVEExternalSender.Action] = []
    func run(
      _ event: DAVEEvent, _ user: UInt64, using random: inout some RandomNumberGenerator
    ) {
      guard var session = sessions[user] else { return }
      for action in session.handle(event, at: 0, using: &random) {
        switch action {
        case .sendKeyPackage(let bytes): queue += gateway.keyPackage(bytes, from: user)
        case .sendCommitWelcome(let bytes):
          queue += gateway.commitWelcome(bytes, from: user, at: 0)
        case .sendTransitionReady(let id): queue += gateway.ready(user, transition: id, at: 0)
        default: break
        }
      }
      sessions[user] = session
    }
    func settle(using random: inout some RandomNumberGenerator) {
      while !queue.isEmpty {
        switch queue.removeFirst() {
        case .externalSender(let user, let bytes):
          run(.externalSender(bytes), user, using: &random)
        case .proposals(let users, let bytes):
          for user in users { run(.proposals(bytes), user, using: &random) }
        case .announceCommit(let users, let id, let bytes):
          for user in users { run(.commit(transition: id, bytes), user, using: &random) }
        case .welcome(let user, let id, let bytes):
          run(.welcome(transition: id, bytes), user, using: &random)
        case .executeTransition(let users, let id):
          for user in users { run(.executeTransition(id: id), user, using: &random) }
        case .prepareEpoch(let users):
          for user in users { run(.prepareEpoch(epoch: 1, version: 1), user, using: &random) }
        case .ignored: break
        }
      }
    }
    func join(_ user: UInt64, using random: inout some RandomNumberGenerator) {
      sessions[user] = DAVESession(user: user, using: &random)
      run(.identified(connection: 0), user, using: &random)
      for other in sessions.keys {
        run(.usersConnected(Array(sessions.keys)), other, using: &random)
      }
      queue += gateway.join(user)
      run(.sessionDescription(version: 1, channel: 1), user, using: &random)
      settle(using: &random)
    }
    for user in 1...10 as ClosedRange<UInt64> { join(user, using: &random) }
    let begin = cpuSeconds()
    var half = 0.0
    while gateway.epoch < UInt64(epochs) {
      sessions[10] = nil
      queue += gateway.leave(10, at: 0)
      settle(using: &random)
      join(10, using: &random)
      if half == 0, gateway.epoch >= UInt64(epochs / 2) { half = residentMegabytes() }
    }
    return [
      "churn_epochs": Double(gateway.epoch),
      "churn_cpu_seconds": cpuSeconds() - begin,
      "churn_memory_growth_mb": residentMegabytes() - half,
    ]
  }

  static func cpu<Value>(_ body: () throws -> Value) rethrows -> (Value, Double) {
    let begin = cpuSeconds()
    let value = try body()
    return (value, cpuSeconds() - begin)
  }

  static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Resident memory now, not at its highest.
  static func residentMegabytes() -> Double {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return 0
    }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Double(fields[1]) ?? 0) * 4096 / 1e6 : 0
  }
}

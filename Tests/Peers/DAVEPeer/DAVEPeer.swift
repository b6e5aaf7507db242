internal import DAVE
internal import DAVEFrames
internal import Foundation
internal import VoiceCrypto

/// Our side of a group with other implementations of DAVE: a session that is told what the voice
/// gateway says, line by line, and answers with what it would send. `against_dave.py` drives it.
///
///     users ID…        op 11              enc HEX         a frame of ours, for the others
///     op4 CHANNEL      version 1          dec USER HEX    a frame of USER's, opened
///     op22 ID  op24    op25 HEX           auth            the epoch authenticator
///     op27 HEX         op29 ID HEX        code            the privacy code
///     op30 ID HEX                         fingerprint USER
///
/// An answer is any number of lines and then a full stop.
@main
struct DAVEPeer {
  var random = SystemRandomNumberGenerator()
  var session: DAVESession
  var time: Int64 = 0
  var keys: [DAVEEpochKeys] = []
  var sealer: Sealer?
  var openers: [UInt64: [Opener]] = [:]

  static func main() {
    guard CommandLine.arguments.count == 2, let user = UInt64(CommandLine.arguments[1]) else {
      FileHandle.standardError.write(Data("usage: DAVEPeer USER\n".utf8))
      exit(64)
    }
    var peer = DAVEPeer(user: user)
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      let lines = peer.answer(words) + [".", ""]
      FileHandle.standardOutput.write(Data(lines.joined(separator: "\n").utf8))
    }
  }

  init(user: UInt64) {
    session = DAVESession(user: user, using: &random)
    _ = session.handle(.identified(connection: 0), at: 0, using: &random)
  }

  mutating func answer(_ words: [String]) -> [String] {
    let numbers = words.dropFirst().compactMap { UInt64($0) }
    let last = DAVEPeer.bytes(words.last ?? "")
    switch words.first {
    case "users": return handle(.usersConnected(numbers))
    case "op4": return handle(.sessionDescription(version: 1, channel: numbers.first ?? 0))
    case "op22":
      return handle(.executeTransition(id: UInt16(truncatingIfNeeded: numbers.first ?? 0)))
    case "op24": return handle(.prepareEpoch(epoch: 1, version: 1))
    case "op25": return handle(.externalSender(last))
    case "op27": return handle(.proposals(last))
    case "op29":
      return handle(.commit(transition: UInt16(truncatingIfNeeded: numbers.first ?? 0), last))
    case "op30":
      return handle(.welcome(transition: UInt16(truncatingIfNeeded: numbers.first ?? 0), last))
    case "auth": return [DAVEPeer.hex(keys.last?.epochAuthenticator ?? [])]
    case "code":
      return [DAVECodes.privacyCode(epochAuthenticator: keys.last?.epochAuthenticator ?? []) ?? ""]
    case "fingerprint":
      let fingerprint = try? session.fingerprint(with: numbers.first ?? 0)
      return [DAVEPeer.hex(fingerprint ?? [])]
    case "enc": return [sealer.map { DAVEPeer.hex($0.seal(last)) } ?? "no key"]
    case "dec": return [decrypt(last, of: numbers.first ?? 0)]
    default: return ["unknown command"]
    }
  }

  private mutating func handle(_ event: DAVEEvent) -> [String] {
    time += 1_000_000_000
    return session.handle(event, at: time, using: &random).compactMap { action in
      switch action {
      case .sendKeyPackage(let bytes): return "26 " + DAVEPeer.hex(bytes)
      case .sendCommitWelcome(let bytes): return "28 " + DAVEPeer.hex(bytes)
      case .sendTransitionReady(let id): return "23 \(id)"
      case .sendInvalidCommitWelcome(let id): return "31 \(id)"
      case .warn(let warning): return "warning \(warning)"
      case .install(let new):
        keys.append(new)
        sealer = new.senders[session.user].flatMap { Sealer($0) }
        for (user, secret) in new.senders {
          if let opener = Opener(secret) { openers[user, default: []].append(opener) }
        }
        return nil
      case .retireBefore, .allowPlaintext: return nil
      }
    }
  }

  /// Newest first: a frame does not say its epoch.
  private func decrypt(_ frame: [UInt8], of user: UInt64) -> String {
    for opener in (openers[user] ?? []).reversed() {
      if let opened = opener.open(frame) { return DAVEPeer.hex(opened) }
    }
    return "no key"
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] * 16 + digits[$0 + 1])
    }
  }
}

/// Noncopyable values in a class, so that they can lie in collections.
final class Sealer {
  private var sealer: FrameSealer

  init?(_ secret: [UInt8]) {
    guard let sealer = try? FrameSealer(baseSecret: secret) else { return nil }
    self.sealer = sealer
  }

  func seal(_ frame: [UInt8]) -> [UInt8] {
    var sealed: [UInt8] = []
    try? sealer.seal(frame.span, into: &sealed)
    return sealed
  }
}

final class Opener {
  private var opener: FrameOpener

  init?(_ secret: [UInt8]) {
    guard let opener = try? FrameOpener(baseSecret: secret) else { return nil }
    self.opener = opener
  }

  func open(_ frame: [UInt8]) -> [UInt8]? {
    var opened: [UInt8] = []
    do {
      try opener.open(frame.span, into: &opened)
      return opened
    } catch {
      return nil
    }
  }
}

internal import Audio
internal import CaptureLog
internal import Glibc
internal import SystemPackage
internal import VoiceCrypto

/// What `doctor` looks at on this machine.
struct MachineChecks {
  /// Where captures are to be written.
  var captures: FilePath
  /// A simulator's address needs no way out of this machine.
  var isLoopback: Bool
  var keys = OperatorKeyStore.standard()

  var findings: [Finding] { [udp, receiveBuffer, disk, libraries, keyFinding] }

  /// Whether a UDP socket can be had and IPv4 leads anywhere; nothing is sent.
  private var udp: Finding {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else {
      return .fail("UDP", .noUDP, ["reason": "\(Errno(rawValue: errno))"])
    }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(50_000).bigEndian
    // An address for documentation (RFC 5737): only the route to it matters.
    address.sin_addr.s_addr = UInt32(isLoopback ? 0x7F00_0001 : 0xC633_6401).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      return .fail("UDP", .noUDP, ["reason": "\(Errno(rawValue: errno))"])
    }
    return .ok("UDP", "an IPv4 socket has a way out; whether packets come back only a call shows")
  }

  private var receiveBuffer: Finding {
    guard let text = try? FileContents.read("/proc/sys/net/core/rmem_max"),
      let limit = Int(String(decoding: text, as: UTF8.self).trimmed)
    else { return .ok("buffer", "the kernel does not say its limit") }
    return Self.receiveBuffer(limit)
  }

  /// Twenty-five speakers need about 1 MB a second, and the recorder may be held up for a few.
  static func receiveBuffer(_ limit: Int) -> Finding {
    limit < 4 << 20
      ? .warn("buffer", .smallReceiveBuffer, ["size": size(Int64(limit))])
      : .ok("buffer", "a socket may buffer \(size(Int64(limit)))")
  }

  private var disk: Finding {
    // The folder may not be there yet: then the nearest one that is.
    var folder = captures
    var status = statvfs()
    while folder.withPlatformString({ statvfs($0, &status) }) != 0, folder.components.count > 0 {
      folder.removeLastComponent()
      if folder.isEmpty { folder = "." }
    }
    let free = Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    return Self.disk(free: free, folder: captures.string)
  }

  static func disk(free: Int64, folder: String) -> Finding {
    let values = ["free": size(free), "folder": folder]
    if free < 1_000_000_000 { return .fail("disk", .diskNearlyFull, values) }
    if free < 10_000_000_000 { return .warn("disk", .diskNearlyFull, values) }
    return .ok("disk", "\(size(free)) free in \(Terminal.escaped(folder, limit: 200))")
  }

  private var libraries: Finding {
    let all = CryptoLibraries.versions + AudioLibraries.versions
    return .ok(
      "libraries",
      all.map { "\($0.name) \(Self.number($0.version))" }.joined(separator: ", "))
  }

  /// The number in `libopus 1.3.1` and the like.
  private static func number(_ version: String) -> String {
    let words = version.split { " -".contains($0) }
    return words.first { $0.first?.isNumber == true }.map(String.init)
      ?? Terminal.escaped(version)
  }

  private var keyFinding: Finding {
    guard let all = try? keys.list() else {
      return .warn("keys", .noKey, ["folder": keys.folder.string])
    }
    let own = all.filter(\.hasPrivateKey).map(\.publicKey.id)
    let others = all.count - own.count
    guard !all.isEmpty else { return .warn("keys", .noKey, ["folder": keys.folder.string]) }
    let shown = own.prefix(4).joined(separator: ", ") + (own.count > 4 ? ", …" : "")
    let privateKeys = own.isEmpty ? "no private key: this host cannot read its captures" : shown
    return .ok("keys", privateKeys + (others > 0 ? "; \(others) public only" : ""))
  }

  static func size(_ bytes: Int64) -> String {
    let units: [(Int64, String)] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")]
    for (unit, name) in units where bytes >= unit {
      let tenths = bytes / (unit / 10)
      return tenths < 1000 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\(tenths / 10) \(name)"
    }
    return "\(bytes) bytes"
  }

  /// `$XDG_DATA_HOME/tapedeck/captures`, else below `~/.local/share`.
  static func standardFolder() -> FilePath {
    let data = Terminal.environment("XDG_DATA_HOME").map { FilePath($0) }
    let home = FilePath(Terminal.environment("HOME") ?? "/")
    let base = data.flatMap { $0.isAbsolute ? $0 : nil } ?? home.appending(".local/share")
    return base.appending("tapedeck").appending("captures")
  }
}

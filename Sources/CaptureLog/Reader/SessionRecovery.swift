internal import SystemPackage

/// Reads `session.json`, or makes a session of what the segments say.
enum SessionRecovery {
  /// - Throws: `.invalid` when there is neither a session nor a segment that tells of one,
  ///   `.unsupportedVersion`, `.notPermitted`.
  static func load(
    folder: FilePath, headers: [SegmentHeader], hasSegments: Bool, hasKeys: Bool
  ) throws(CaptureError) -> (SessionInfo, problem: String?) {
    let problem: String
    do throws(CaptureError) {
      return (try read(folder), nil)
    } catch {
      guard error.code == .invalid else { throw error }
      problem = error.message
    }
    if let header = headers.first {
      return (session(header, hasKeys: hasKeys), problem)
    }
    guard hasSegments, let name = folder.lastComponent?.string else {
      throw CaptureError(.invalid, "\(folder) is no capture: \(problem)")
    }
    // All headers are damaged; what the folder's name says must do.
    return (session(id: name, start: start(of: name), hasKeys: hasKeys), problem)
  }

  private static func read(_ folder: FilePath) throws(CaptureError) -> SessionInfo {
    let path = folder.appending(SessionFile.name)
    let bytes: [UInt8]?
    do throws(Errno) {
      bytes = try FileSource.contents(of: path, limit: SessionFile.maximumSize)
    } catch {
      switch error {
      case .permissionDenied: throw CaptureError(error, "cannot read \(path)")
      case .noSuchFileOrDirectory: throw CaptureError(.invalid, "session.json is missing")
      default: throw CaptureError(.invalid, "session.json cannot be read: \(error)")
      }
    }
    guard let bytes else { throw CaptureError(.invalid, "session.json is too large") }
    return try SessionFile.decode(bytes)
  }

  private static func session(_ header: SegmentHeader, hasKeys: Bool) -> SessionInfo {
    var session = session(
      id: header.capture, start: max(0, Int64(header.startUnixNanoseconds) ?? 0),
      hasKeys: header.encryptedAtRest ?? hasKeys)
    session.bootID = header.bootID
    session.source = header.source ?? session.source
    return session
  }

  /// `20261124T090002Z-<guild id>-<channel id>`.
  private static func session(id: String, start: Int64, hasKeys: Bool) -> SessionInfo {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    return SessionInfo(
      id: id, guildID: parts.count > 2 ? String(parts[1]) : "",
      channelID: parts.count > 2 ? String(parts[2]) : "",
      start: UTCTime.text(unixNanoseconds: start, fractionDigits: 0),
      startUnixNanoseconds: start, build: "tapedeck \(toolVersion)", recipients: [],
      source: "discord", encryptedAtRest: hasKeys)
  }

  private static func start(of id: String) -> Int64 {
    let stamp = Array(id.prefix { $0 != "-" }.utf8)
    guard stamp.count == 16, stamp[8] == UInt8(ascii: "T"), stamp[15] == UInt8(ascii: "Z") else {
      return 0
    }
    func text(_ range: Range<Int>) -> String { String(decoding: stamp[range], as: UTF8.self) }
    let text =
      "\(text(0..<4))-\(text(4..<6))-\(text(6..<8))T"
      + "\(text(9..<11)):\(text(11..<13)):\(text(13..<15))Z"
    return UTCTime.unixNanoseconds(parsing: text) ?? 0
  }
}

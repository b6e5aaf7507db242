internal import FoundationEssentials
package import SystemPackage

/// `session.json`: how it is spelled, and how it is replaced.
package enum SessionFile {
  package static let name = "session.json"
  /// Far more than a session needs; a larger file is none of ours.
  static let maximumSize = 1 << 20

  /// Sorted keys and a final line break, so that equal sessions are equal bytes.
  package static func encode(_ session: SessionInfo) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    // A flat struct of strings and Booleans: encoding cannot fail.
    guard let data = try? encoder.encode(session) else { return [] }
    return [UInt8](data) + [UInt8(ascii: "\n")]
  }

  /// - Throws: `.unsupportedVersion` for a newer schema, `.invalid` for anything but a session.
  package static func decode(_ bytes: [UInt8]) throws(CaptureError) -> SessionInfo {
    struct Schema: Decodable { var schema: String }
    let data = Data(bytes)
    guard let schema = try? JSONDecoder().decode(Schema.self, from: data).schema else {
      throw CaptureError(.invalid, "session.json is not a session's JSON object")
    }
    try FormatVersion.check(schema, against: SessionInfo.currentSchema, what: "this capture")
    guard let session = try? JSONDecoder().decode(SessionInfo.self, from: data) else {
      throw CaptureError(.invalid, "session.json lacks a field or has one of the wrong type")
    }
    guard Int64(session.startUnixNanoseconds) != nil else {
      throw CaptureError(.invalid, "session.json has no valid start_unix_ns")
    }
    return session
  }

  /// Replaces the file by a synced copy and one rename, so that a reader sees the old or the new
  /// one, whenever the power fails.
  package static func write(
    _ session: SessionInfo, in folder: FilePath,
    files: some FileOperations = SystemFileOperations()
  ) throws(CaptureError) {
    let path = folder.appending(name)
    let temporary = folder.appending(name + ".tmp")
    do throws(Errno) {
      // One that a killed process left behind.
      do throws(Errno) { try files.remove(temporary) } catch {
        guard error == .noSuchFileOrDirectory else { throw error }
      }
      let file = try files.create(temporary)
      let (_, writeError) = files.writeAll(encode(session).span, to: file)
      let error = writeError ?? files.synchronizeOnce(file)
      files.close(file)
      if let error {
        try files.remove(temporary)
        throw error
      }
      try files.rename(temporary, to: path)
      try files.synchronizeFolder(folder)
    } catch {
      throw CaptureError(error, "cannot write \(path)")
    }
  }
}

/// The `name/number` by which our files say their format.
enum FormatVersion {
  /// - Throws: `.unsupportedVersion` for a higher number than `current`'s, `.invalid` for another
  ///   name or no number.
  static func check(
    _ schema: String, against current: String, what: String
  ) throws(CaptureError) {
    guard schema != current else { return }
    let known = current.split(separator: "/")
    let found = schema.split(separator: "/", omittingEmptySubsequences: false)
    guard found.count == 2, known.count == 2, found[0] == known[0], !found[1].isEmpty,
      found[1].allSatisfy({ $0.isASCII && $0.isNumber })
    else { throw CaptureError(.invalid, "the format of \(what) is not \(current)") }
    // Older numbers that are still read would be accepted here; there are none below 1.
    throw CaptureError(
      .unsupportedVersion,
      "\(what) is of a newer format (\(schema.prefix(40))) than this build reads (\(current)); "
        + "use a newer tapedeck")
  }
}

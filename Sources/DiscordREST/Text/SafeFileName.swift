/// File names that somebody else chose, made fit for a folder of ours.
package enum SafeFileName {
  /// A base name without folders, controls, invisible or direction-changing characters, and
  /// without dots or dashes at its beginning; at most 200 bytes, with its ending kept.
  ///
  /// - Parameters:
  ///   - name: the foreign name.
  ///   - fallback: what to take when nothing is left of it.
  package static func sanitized(_ name: String, fallback: String) -> String {
    let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
    var safe = ""
    for scalar in last.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
        .unassigned:
        continue
      default:
        // Not for file systems of others, and not for careless shells.
        safe.unicodeScalars.append("<>:\"/\\|?*`$&;'~".unicodeScalars.contains(scalar) ? "_" : scalar)
      }
    }
    safe = String(safe.drop { $0 == "." || $0 == "-" || $0.isWhitespace })
    while let end = safe.last, end == "." || end.isWhitespace { safe.removeLast() }
    return safe.isEmpty ? fallback : shortened(safe)
  }

  private static func shortened(_ name: String) -> String {
    let limit = 200
    if name.utf8.count <= limit { return name }
    let ending = name.lastIndex(of: ".").map { name[$0...] } ?? ""
    let kept = ending.utf8.count <= 16 ? String(ending) : ""
    var stem = Substring(name.dropLast(kept.count))
    while stem.utf8.count + kept.utf8.count > limit, !stem.isEmpty { stem.removeLast() }
    return stem + kept
  }

  /// The name with a mark before its ending: `notes.txt` becomes `notes-123.txt`.
  package static func marked(_ name: String, _ mark: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name + "-" + mark }
    return name[..<dot] + "-" + mark + name[dot...]
  }
}

/// File names that somebody else chose, made fit for a folder of ours.
package enum SafeFileName {
  /// A base name as for an upload (no folders, controls or invisible characters, at most 200
  /// bytes), and besides without what is special to shells and other systems, or hidden.
  ///
  /// - Parameters:
  ///   - name: the foreign name.
  ///   - fallback: what to take when nothing is left of it.
  package static func sanitized(_ name: String, fallback: String) -> String {
    let base = FileUpload.baseName(name).unicodeScalars.map { scalar in
      "<>:\"|?*`$&;'~".unicodeScalars.contains(scalar) ? "_" : scalar
    }
    let safe = String(String.UnicodeScalarView(base))
      .drop { $0 == "." || $0 == "-" || $0.isWhitespace }
    return safe.isEmpty ? fallback : String(safe)
  }

  /// The name with a mark before its ending: `notes.txt` becomes `notes-123.txt`.
  package static func marked(_ name: String, _ mark: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name + "-" + mark }
    return name[..<dot] + "-" + mark + name[dot...]
  }
}

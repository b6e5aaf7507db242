/// Something that a name may mean.
struct Candidate: Equatable, Sendable {
  var id: String
  var name: String
  /// What tells it from others of the same name: the guild, the category, the kind.
  var detail = ""

  /// For lists in error texts.
  var shown: String {
    let name = Terminal.escaped(name, limit: 40)
    return detail.isEmpty ? "\(name) (\(id))" : "\(name) (\(id), \(detail))"
  }
}

/// Looks a name up.
enum NameLookup: Equatable {
  case found(Candidate)
  case ambiguous([Candidate])
  case unknown

  /// The one that is written exactly so, else the one that differs in capital letters, `#` or
  /// blanks for hyphens only.
  init(_ name: String, among candidates: [Candidate]) {
    for same in [{ $0 == name }, { Self.folded($0) == Self.folded(name) }] as [(String) -> Bool] {
      let matches = candidates.filter { same($0.name) }
      if matches.count == 1 {
        self = .found(matches[0])
        return
      }
      if matches.count > 1 {
        self = .ambiguous(matches)
        return
      }
    }
    if let match = candidates.first(where: { $0.id == name }) {
      self = .found(match)
    } else {
      self = .unknown
    }
  }

  private static func folded(_ name: String) -> String {
    name.lowercased().replacing(" ", with: "-")
  }

  /// A list for an error text, cut after a dozen.
  static func list(_ candidates: [Candidate]) -> String {
    guard !candidates.isEmpty else { return "none" }
    let shown = candidates.prefix(12).map(\.shown)
    let rest = candidates.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

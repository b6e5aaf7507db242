internal import VoiceCrypto

/// Deals speakers or sessions out to the parts of a split by a hash of their labels, so that a longer
/// list of sessions moves nobody who was there before (unless sessions come to share a speaker).
struct CorpusSplit {
  let parts: [ExportOptions.Part]

  /// The index of the part for a label.
  func part(of label: String) -> Int {
    let total = parts.reduce(0) { $0 + $1.weight }
    var digest = SHA256Digest()
    let bytes = Array(label.utf8)
    digest.update(bytes.span)
    let head = digest.finalize().prefix(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var place = Double(head) / Double(UInt64(1) << 56) * total
    for (index, part) in parts.enumerated() {
      place -= part.weight
      if place < 0 { return index }
    }
    return parts.count - 1
  }

  /// The part of each session. Sessions that share a speaker, also over others, are one group, which
  /// goes where the hash of its first label says: else a speaker would be in two parts.
  ///
  /// - Parameter tracks: Pairs of speaker and session.
  func parts(ofSessions tracks: [(speaker: String, session: String)]) -> [String: Int] {
    var groups = LabelGroups()
    for track in tracks { groups.join("u " + track.speaker, "s " + track.session) }
    // The least session label stands for its group, whatever the order of the list.
    var first: [String: String] = [:]
    for track in tracks {
      let root = groups.root(of: "s " + track.session)
      first[root] = min(first[root] ?? track.session, track.session)
    }
    var parts: [String: Int] = [:]
    for track in tracks where parts[track.session] == nil {
      let root = groups.root(of: "s " + track.session)
      parts[track.session] = part(of: first[root] ?? track.session)
    }
    return parts
  }
}

/// Labels that hang together (union-find).
private struct LabelGroups {
  private var parents: [String: String] = [:]

  mutating func root(of label: String) -> String {
    var root = label
    while let parent = parents[root] { root = parent }
    var label = label
    while let parent = parents[label], parent != root {
      parents[label] = root
      label = parent
    }
    return root
  }

  mutating func join(_ one: String, _ other: String) {
    let (one, other) = (root(of: one), root(of: other))
    if one != other { parents[max(one, other)] = min(one, other) }
  }
}

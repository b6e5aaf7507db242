internal import JSONValues

/// The order in which Discord shows channels: those without a category, then each category with
/// its own; text before voice, then by position and id.
enum ChannelOrder {
  static func sorted(_ channels: [JSONValue]) -> [JSONValue] {
    var categories: [String: Int64] = [:]
    for channel in channels where channel["type"]?.integer == 4 {
      categories[channel["id"]?.string ?? ""] = channel["position"]?.integer ?? 0
    }
    return channels.map { ($0, key($0, categories)) }
      .sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
  }

  private static func key(_ channel: JSONValue, _ categories: [String: Int64]) -> [Int64] {
    let type = channel["type"]?.integer ?? 0
    let id = channel["id"]?.string.flatMap { Int64($0) } ?? 0
    let position = channel["position"]?.integer ?? 0
    if type == 4 { return [1, position, id, 0] }
    let parent = channel["parent_id"]?.string ?? ""
    let own = [ChannelKind.voice.contains(type) ? 2 : 1, position, id]
    guard let category = categories[parent] else { return [0, 0, 0] + own }
    return [1, category, Int64(parent) ?? 0] + own
  }
}

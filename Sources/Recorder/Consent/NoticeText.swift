/// The words of the notice and the nickname; pure.
package enum NoticeText {
  /// What the template's words are replaced by.
  package struct Facts: Sendable {
    package var operatorName: String
    package var channel: String
    /// For people; nil: until the operator deletes it.
    package var retention: String?

    package init(operatorName: String, channel: String, retention: String?) {
      self.operatorName = operatorName
      self.channel = channel
      self.retention = retention
    }
  }

  static let usual = """
    **This voice channel is being recorded** by {operator}.
    Kept: {retention}.
    You object? {objection}
    """

  static let usualObjection =
    "Leave the channel, or ask {operator} not to record you and to delete what was recorded."

  /// The notice, at most 2,000 characters.
  package static func text(_ notice: Notice, _ facts: Facts) -> String {
    var text = notice.template ?? usual
    let retention = notice.retention ?? facts.retention.map(words(ofDuration:))
    // The objection before the operator, whom it may name.
    text = text.replacing("{objection}", with: notice.objection ?? usualObjection)
    text = text.replacing("{operator}", with: notice.operatorName ?? facts.operatorName)
    text = text.replacing(
      "{retention}", with: retention ?? "until the operator deletes it")
    text = text.replacing("{channel}", with: facts.channel)
    return String(text.unicodeScalars.prefix(2000).map(Character.init))
  }

  /// The nickname that shows the recording: at most 32 characters, as Discord allows.
  package static func nickname(prefix: String, name: String) -> String {
    // Not twice, when a restart finds the name that a crash left.
    let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    return String((prefix + bare).unicodeScalars.prefix(32).map(Character.init))
  }

  /// `P30D` as `30 days`; what is no plain duration stays as it is.
  static func words(ofDuration text: String) -> String {
    let units: [Character: String] = ["D": "day", "W": "week", "M": "month", "Y": "year"]
    guard text.first == "P", let last = text.last, let unit = units[last],
      let count = UInt32(text.dropFirst().dropLast())
    else { return text }
    return count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
  }
}

extension String {
  func replacing(_ pattern: String, with text: String) -> String {
    var result = ""
    var rest = self[...]
    while let range = rest.firstRange(of: pattern) {
      result += rest[..<range.lowerBound]
      result += text
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}

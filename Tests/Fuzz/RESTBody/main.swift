internal import DiscordREST
internal import Fuzzing
internal import JSONValues

// An input is an answer of the API: the status in two bytes, headers as lines `Name: value`, an
// empty line, the body.
fuzz { bytes, count in
  let response = answer(input(bytes, count))
  let facts = RateLimitFacts(response)
  drive(facts)
  let error = DiscordError(response: response, route: "GET /fuzz")
  // What people read has nothing that could move a terminal's cursor.
  precondition(
    error.description.unicodeScalars.allSatisfy { DisplayText.isSafe($0) || $0 == "\u{200D}" })
  precondition(error.errors.count <= 50)
  guard let json = try? JSONValue(parsing: response.body) else { return 0 }
  // What is written is read back the same.
  precondition((try? JSONValue(parsing: json.bytes)) == json)
  precondition((try? JSONValue(parsing: json.text(pretty: true))) == json)
  look(at: json)
  for element in json.array ?? [] { look(at: element) }
  return 0
}

/// Takes an input apart.
func answer(_ bytes: [UInt8]) -> HTTPResponseDescription {
  var rest = bytes.dropFirst(2)
  var response = HTTPResponseDescription(
    status: bytes.prefix(2).reduce(0) { ($0 << 8 | Int($1)) % 600 })
  while let end = rest.firstIndex(of: 0x0A) {
    let line = rest[..<end]
    rest = rest[(end + 1)...]
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { break }
    response.headers.append(
      (
        String(decoding: line[..<colon], as: UTF8.self),
        String(decoding: line[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
      ))
  }
  response.body = Array(rest)
  return response
}

/// A limiter that gets the answer again and again goes on, and never waits for ever.
func drive(_ facts: RateLimitFacts) {
  var limiter = RateLimiter()
  var now: Duration = .zero
  let route = APIRoute(.get, "/channels/1/messages")
  for _ in 0..<4 {
    let tickets = (0..<3).map { _ in limiter.makeTicket() }
    for ticket in tickets {
      limiter.request(ticket, route: route, deadline: now + .seconds(1_000_000), at: now)
    }
    for _ in 0..<12 {
      for action in limiter.run(at: now) {
        if case .start(let ticket) = action { limiter.finish(ticket, .answered(facts), at: now) }
      }
      guard let next = limiter.nextEvent else { break }
      now = max(now, next)
    }
  }
  precondition(limiter.waitingCount == 0 || facts.status == 429 || limiter.nextEvent != nil)
}

/// Every object that the JSON could be, and everything that is read out of one.
func look(at json: JSONValue) {
  if let message = try? Message(json: json, client: client) {
    _ = (
      message.content, message.timestamp, message.editedAt, message.mentions, message.attachments
    )
    _ = (message.referenced, message.thread, message.authorName, message.url, message.description)
    _ = [message].table
  }
  if let guild = try? Guild(json: json, client: client) {
    _ = (guild.roles, guild.uploadLimit, guild.url, guild.description, [guild].table)
  }
  if let channel = try? Channel(json: json, client: client) {
    _ = (channel.name, channel.recipients, channel.permissionOverwrites, channel.url)
    _ = (channel.description, [channel].table, channel.isThread)
  }
  if let member = try? Member(json: json, client: client) {
    _ = (member.displayName, member.roleIDs, member.joinedAt, member.permissions, [member].table)
  }
  if let interaction = try? Interaction(json: json, client: client) {
    _ = (interaction.user, interaction.options, interaction.subcommands, interaction.description)
  }
  if let user = try? User(json: json, client: client) { _ = ([user].table, user.description) }
  if let file = try? Attachment(json: json, client: client) { _ = ([file].table, file.contentType) }
  _ = try? Role(json: json, client: client).description
  _ = try? Webhook(json: json, client: client).description
  _ = try? ScheduledEvent(json: json, client: client).description
  _ = try? Application(json: json, client: client).description
  _ = try? ApplicationCommand(json: json, client: client).description
  _ = try? VoiceState(json: json, client: client).description
  _ = try? VoiceServerUpdate(json: json, client: client).description
  _ = try? GatewayInfo(json: json, client: client).description
  for text in [json.string, json["content"]?.string].compactMap({ $0 }) {
    let escaped = Markdown.escape(text)
    precondition(!escaped.contains("@everyone") && !escaped.contains("<@"))
    let name = FileUpload.baseName(text)
    precondition(!name.isEmpty && name.utf8.count <= 200 && name != "..")
    // By bytes, as the system reads it.
    precondition(!name.utf8.contains(0x2F))
    if let permissions = Permissions(text) {
      precondition(permissions.names.count == permissions.rawValue.nonzeroBitCount)
    }
    precondition(DisplayText.sanitized(text).unicodeScalars.allSatisfy { $0.value >= 0x20 })
    for part in MessageSplitter.split(text) { precondition(part.unicodeScalars.count <= 2000) }
  }
}

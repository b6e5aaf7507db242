package import CaptureLog
package import JSONValues

/// Who is in the channel and what they are called; pure.
package struct CallBook: Sendable {
  package struct Person: Sendable, Equatable {
    package var id: UInt64
    package var names = ProfileNames()
    package var isPresent = false
    package var hasCamera = false
    package var isStreaming = false
    /// Whether a voice state said that they are in the channel.
    fileprivate var isInChannel = false
    /// Whether the voice gateway said that they are in the call.
    fileprivate var isInCall = false
  }

  /// What an event changed.
  package enum Change: Sendable, Equatable {
    case joined(UInt64)
    case left(UInt64)
    /// Names or the bot flag are known, or others than before.
    case named(UInt64, ProfileNames)
    case camera(UInt64, isOn: Bool)
    case stream(UInt64, isOn: Bool)
  }

  /// Everybody who was ever there, by first appearance; those beyond are not kept.
  package private(set) var people: [Person] = []
  private static let maximumPeople = 5000
  private var index: [UInt64: Int] = [:]
  private let own: UInt64
  package private(set) var channel: UInt64

  /// - Parameter own: the recorder's own user id, which is not in the book.
  package init(own: UInt64, channel: UInt64) {
    self.own = own
    self.channel = channel
  }

  package func person(_ id: UInt64) -> Person? { index[id].map { people[$0] } }

  /// Those who are there now.
  package var present: [Person] { people.filter(\.isPresent) }

  /// The recorder is in another channel: nobody of the old one is there any more.
  package mutating func move(to channel: UInt64) -> [Change] {
    self.channel = channel
    var changes: [Change] = []
    for slot in people.indices {
      people[slot].isInChannel = false
      people[slot].isInCall = false
      update(slot, &changes)
    }
    return changes
  }

  /// A new voice connection tells anew who is in the call.
  package mutating func beginConnection() {
    for slot in people.indices { people[slot].isInCall = false }
  }

  /// Op 11: they are in the call.
  package mutating func connected(_ users: [UInt64]) -> [Change] {
    var changes: [Change] = []
    for user in users {
      guard let slot = slot(of: user) else { continue }
      people[slot].isInCall = true
      update(slot, &changes)
    }
    return changes
  }

  /// Op 13: somebody left the call, so the channel too.
  package mutating func disconnected(_ user: UInt64) -> [Change] {
    guard let slot = index[user] else { return [] }
    var changes: [Change] = []
    people[slot].isInCall = false
    people[slot].isInChannel = false
    update(slot, &changes)
    return changes
  }

  /// A voice state of somebody else, as Discord sent it.
  package mutating func apply(voiceState json: JSONValue) -> [Change] {
    guard let user = Self.id(json["user_id"]) else { return [] }
    let isHere = Self.id(json["channel_id"]) == channel
    guard isHere || index[user] != nil, let slot = slot(of: user) else { return [] }
    var changes: [Change] = []
    if let member = json["member"], member.object != nil {
      let names = Self.names(member)
      if names != people[slot].names {
        people[slot].names = names
        changes.append(.named(user, names))
      }
    }
    people[slot].isInChannel = isHere
    if !isHere { people[slot].isInCall = false }
    update(slot, &changes)
    let hasCamera = isHere && json["self_video"]?.bool == true
    if hasCamera != people[slot].hasCamera {
      people[slot].hasCamera = hasCamera
      changes.append(.camera(user, isOn: hasCamera))
    }
    let isStreaming = isHere && json["self_stream"]?.bool == true
    if isStreaming != people[slot].isStreaming {
      people[slot].isStreaming = isStreaming
      changes.append(.stream(user, isOn: isStreaming))
    }
    return changes
  }

  private mutating func slot(of user: UInt64) -> Int? {
    guard user != own else { return nil }
    if let slot = index[user] { return slot }
    guard people.count < Self.maximumPeople else { return nil }
    index[user] = people.count
    people.append(Person(id: user))
    return people.count - 1
  }

  private mutating func update(_ slot: Int, _ changes: inout [Change]) {
    let isPresent = people[slot].isInChannel || people[slot].isInCall
    guard isPresent != people[slot].isPresent else { return }
    people[slot].isPresent = isPresent
    changes.append(isPresent ? .joined(people[slot].id) : .left(people[slot].id))
  }

  private static func names(_ member: JSONValue) -> ProfileNames {
    let user = member["user"]
    return ProfileNames(
      nick: text(member["nick"]), global: text(user?["global_name"]),
      username: text(user?["username"]), isBot: user?["bot"]?.bool == true)
  }

  /// Names are at most 32 characters at Discord; what is longer is cut.
  private static func text(_ json: JSONValue?) -> String? {
    guard let text = json?.string, !text.isEmpty else { return nil }
    return String(text.unicodeScalars.prefix(128).map(Character.init))
  }

  private static func id(_ json: JSONValue?) -> UInt64? {
    switch json {
    case .string(let text): UInt64(text)
    case .integer(let number): UInt64(exactly: number)
    default: nil
    }
  }
}

extension ProfileNames {
  /// What people call them: nick, else global name, else username.
  var displayName: String? { nick ?? global ?? username }
}

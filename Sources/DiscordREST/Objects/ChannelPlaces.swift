import Synchronization

/// Where a channel is: Discord leaves it out of the messages that its HTTP API sends.
enum Place: Hashable, Sendable {
  case guild(ID<Guild>)
  /// A direct message, with one user or several.
  case direct
  case unknown

  init(_ guildID: ID<Guild>?) {
    self = guildID.map(Place.guild) ?? .unknown
  }

  var guildID: ID<Guild>? {
    if case .guild(let id) = self { id } else { nil }
  }
}

/// The places of the channels that a client has seen, so that messages know their addresses.
///
/// A channel never moves to another guild: what is known stays true.
final class ChannelPlaces: Sendable {
  /// Bounds the memory of a bot that runs for years: then everything is learnt anew.
  private static let limit = 20_000

  private let places = Mutex<[ID<Channel>: Place]>([:])

  subscript(channel: ID<Channel>) -> Place {
    places.withLock { $0[channel] ?? .unknown }
  }

  func note(_ place: Place, of channel: ID<Channel>) {
    if place == .unknown { return }
    places.withLock { places in
      if places.count >= Self.limit, places[channel] == nil { places.removeAll() }
      places[channel] = place
    }
  }
}

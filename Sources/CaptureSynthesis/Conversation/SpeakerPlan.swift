/// When the recorder hears whose SSRC it is (voice gateway op 5).
package enum MappingPolicy: Sendable, Equatable {
  /// As soon as the stream exists, before its first packet.
  case before
  /// So many nanoseconds after the stream's first packet left.
  case late(Int64)
  case never
}

/// One speaker of a synthetic capture: who, what of the time, over which sender and network.
package struct SpeakerPlan: Sendable, Equatable {
  /// The Discord user id, a decimal number.
  package var user: String
  package var username: String
  package var globalName: String?
  package var nick: String?
  package var isBot = false
  /// Which voice of the speech library; voices are reused when there are fewer.
  package var voice: Int
  package var talk: TalkPattern
  package var sender: SenderModel
  package var network: NetworkModel
  /// When the user is in the call, ns; nil is always. Every interval is a new stream.
  package var presence: [Range<Int64>]?
  /// Times at which the user's SSRC changes without their leaving, ns.
  package var ssrcChanges: [Int64] = []
  package var mapping: MappingPolicy = .before
  /// Whom the server takes the user's streams for; nil is the user.
  package var mappedUser: String?
  /// The SSRC of all the user's streams, where it is not to be drawn: servers deal out what has
  /// become free.
  package var ssrc: UInt32?

  package init(
    user: String, username: String, voice: Int, talk: TalkPattern,
    sender: SenderModel = SenderModel(), network: NetworkModel = NetworkModel()
  ) {
    self.user = user
    self.username = username
    self.voice = voice
    self.talk = talk
    self.sender = sender
    self.network = network
  }

  /// The `index`-th of a crowd of speakers with made-up ids and names.
  package static func numbered(
    _ index: Int, talk: TalkPattern, sender: SenderModel = SenderModel(),
    network: NetworkModel = NetworkModel()
  ) -> SpeakerPlan {
    let names = ["ada", "bela", "carol", "dmitri", "eve", "farid", "grace", "hugo", "ines", "juri"]
    let base = names[index % names.count]
    let name = index < names.count ? base : "\(base)\(index / names.count + 1)"
    return SpeakerPlan(
      user: String(100_000_000_000_000_001 + index * 1_000_003), username: name, voice: index,
      talk: talk, sender: sender, network: network)
  }
}

/// Choosing a voice channel with the keys: which one is marked, and what a key does.
struct ChannelPicker: Equatable {
  enum Action: Equatable {
    case record(VoicePlaces.Channel)
    case quit
  }

  private(set) var places: VoicePlaces
  /// By id, since channels come and go while one looks.
  private(set) var selection: String?

  init(_ places: VoicePlaces) {
    self.places = places
    // Where people are is what one looks for.
    selection = (places.channels.first { !$0.occupants.isEmpty } ?? places.channels.first)?.id
  }

  /// The channels or the people in them have changed.
  mutating func update(_ new: VoicePlaces) {
    let before = index
    places = new
    guard index == nil else { return }
    let place = min(before ?? 0, new.channels.count - 1)
    selection = place >= 0 ? new.channels[place].id : nil
  }

  /// Where the marked channel is in the list.
  var index: Int? { places.channels.firstIndex { $0.id == selection } }

  mutating func handle(_ key: Key) -> Action? {
    switch key {
    case .up, .character("k"): move(by: -1)
    case .down, .character("j"): move(by: 1)
    case .pageUp: move(by: -10)
    case .pageDown: move(by: 10)
    case .home: move(by: -places.channels.count)
    case .end: move(by: places.channels.count)
    case .enter: return index.map { .record(places.channels[$0]) }
    case .escape, .character("q"), .interrupt, .endOfInput: return .quit
    case .character: break
    }
    return nil
  }

  private mutating func move(by steps: Int) {
    guard !places.channels.isEmpty else { return }
    let target = (index ?? 0) + steps
    selection = places.channels[max(0, min(target, places.channels.count - 1))].id
  }
}

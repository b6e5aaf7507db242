import Testing

@testable import tapedeck

@Suite struct ChannelPickerTests {
  static func channel(_ id: Int, guild: String = "Tape Club", occupants: [String] = [])
    -> VoicePlaces.Channel
  {
    VoicePlaces.Channel(
      id: "\(id)", name: "room \(id)", guildID: guild, guildName: guild, occupants: occupants)
  }

  static let places: VoicePlaces = {
    var channels: [VoicePlaces.Channel] = []
    for id in 1...30 { channels.append(channel(id, occupants: id == 3 ? ["Alice", "Bob"] : [])) }
    channels.append(channel(31, guild: "Other"))
    return VoicePlaces(channels: channels)
  }()

  @Test func beginsWherePeopleAre() {
    var picker = ChannelPicker(Self.places)
    #expect(picker.selection == "3")
    #expect(picker.handle(.enter) == .record(Self.places.channels[2]))
    #expect(ChannelPicker(VoicePlaces(channels: [Self.channel(9)])).selection == "9")
  }

  @Test func keysMove() {
    var picker = ChannelPicker(Self.places)
    let steps: [(Key, String)] = [
      (.up, "2"), (.up, "1"), (.up, "1"), (.down, "2"), (.pageDown, "12"), (.end, "31"),
      (.down, "31"), (.pageUp, "21"), (.home, "1"), (.character("j"), "2"),
      (.character("k"), "1"), (.character("z"), "1"),
    ]
    for (key, selection) in steps {
      #expect(picker.handle(key) == nil)
      #expect(picker.selection == selection, "\(key)")
    }
    for key: Key in [.escape, .character("q"), .interrupt, .endOfInput] {
      #expect(picker.handle(key) == .quit)
    }
  }

  @Test func keepsTheChannelWhenOthersComeAndGo() {
    var picker = ChannelPicker(Self.places)
    picker.update(VoicePlaces(channels: [Self.channel(40)] + Self.places.channels))
    #expect(picker.selection == "3")
    picker.update(VoicePlaces(channels: [Self.channel(1), Self.channel(2), Self.channel(4)]))
    #expect(picker.selection == "4")
    picker.update(VoicePlaces(channels: []))
    #expect(picker.selection == nil)
    for key: Key in [.up, .down, .enter, .end] { #expect(picker.handle(key) == nil) }
    picker.update(Self.places)
    #expect(picker.handle(.enter) == .record(Self.places.channels[0]))
  }

  @Test func theMarkedOneIsAlwaysShown() {
    var picker = ChannelPicker(Self.places)
    _ = picker.handle(.home)
    for _ in 0..<31 {
      for (width, height) in [(80, 24), (20, 4), (40, 7), (200, 100), (0, 0)] {
        let lines = PickerView(width: width, height: height).lines(picker)
        #expect(lines.count <= max(height, 4) - 1)
        #expect(lines.allSatisfy { Terminal.columns($0) < max(width, 20) })
        #expect(lines.filter { $0.hasPrefix("> room") }.count == 1)
      }
      _ = picker.handle(.down)
    }
    let lines = PickerView(width: 80, height: 24).lines(ChannelPicker(Self.places))
    #expect(lines.contains("> room 3  Alice, Bob"))
    #expect(lines.first == "Tape Club")
  }

  @Test(arguments: HostileNames.all)
  func hostileNamesStayInTheirLine(name: String) {
    var channel = Self.channel(1, guild: name, occupants: [name, name])
    channel.name = name
    let places = VoicePlaces(channels: [channel])
    let lines = PickerView(width: 80, height: 24).lines(ChannelPicker(places))
    #expect(lines.count == 3)
    for line in lines + PickerView.numbered(places) {
      #expect(!line.unicodeScalars.contains(where: HostileNames.isHarmful), "\(line)")
      #expect(!line.contains("\n"))
    }
  }

  @Test func numbersChooseToo() {
    let places = Self.places
    #expect(PickerView.numbered(places).first == "Tape Club")
    #expect(PickerView.numbered(places)[3] == "   3  room 3  Alice, Bob")
    #expect(PickerView.choice(" 3 ", in: places)?.id == "3")
    #expect(PickerView.choice("Room 31", in: places)?.id == "31")
    for answer in ["", "0", "32", "-1", "room", "99999999999999999999"] {
      #expect(PickerView.choice(answer, in: places) == nil)
    }
  }
}

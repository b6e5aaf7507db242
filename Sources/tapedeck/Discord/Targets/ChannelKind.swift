/// The kinds of channels by the words that people use (Discord's documentation, Channel Types).
enum ChannelKind {
  static func name(_ type: Int64?) -> String {
    switch type {
    case 0: "text"
    case 1, 3: "direct message"
    case 2: "voice"
    case 4: "category"
    case 5: "announcement"
    case 10, 11, 12: "thread"
    case 13: "stage"
    case 14: "directory"
    case 15: "forum"
    case 16: "media"
    case .some(let other): "type \(other)"
    case nil: "unknown"
    }
  }

  static let voice: Set<Int64> = [2, 13]
  static let threads: Set<Int64> = [10, 11, 12]
  static let forums: Set<Int64> = [15, 16]

  /// Channels that a name can mean where messages are read or sent.
  static func takesMessages(_ type: Int64?) -> Bool { type != 4 && type != 14 }
}

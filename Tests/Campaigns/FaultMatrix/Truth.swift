import DiscordSimulator
import Render
import SystemPackage
import TestSupport

/// What was said against what is in the tracks.
struct Truth {
  /// A frame of speech.
  struct Frame {
    let user: UInt64
    /// When it was said, nanoseconds since 1970.
    let time: Int64
    let isPlaced: Bool
    /// Lost or damaged by a fault of the way.
    let isTaken: Bool
  }

  /// Frames of one speaker in a row that are in no track.
  struct Hole {
    let user: UInt64
    let start: Int64
    var end: Int64
    /// Whether the way's faults took all of it.
    var isTaken: Bool
    /// Whether they took any of it.
    var isTouched: Bool

    var seconds: Double { Double(end - start) / 1e9 }
  }

  private struct Key: Hashable {
    let ssrc: UInt32
    let sequence: UInt16
  }

  static let frameTime: Int64 = 20_000_000

  /// Of each speaker, in the order they were said.
  private(set) var frames: [UInt64: [Frame]] = [:]
  /// Placed packets that nobody said, and those that stand in a track twice.
  private(set) var foreign = 0
  private(set) var twice = 0
  /// How far packets lie from where they were said, milliseconds, sorted.
  private(set) var distances: [Double] = []

  init(_ booth: Booth, capture: FilePath, zero: Int64) throws {
    let spoken = booth.simulator.spoken
    let bot = booth.ids.bot
    var times: [Key: Int64] = [:]
    for frame in spoken { times[Key(ssrc: frame.ssrc, sequence: frame.sequence)] = frame.time }
    var taken: Set<Key> = []
    for packet in booth.simulator.truth
    where packet.receiver == bot && (packet.fate == .lost || packet.fate == .corrupted) {
      taken.insert(Key(ssrc: packet.ssrc, sequence: packet.sequence))
    }
    var placed: Set<Key> = []
    var foreign = 0
    var twice = 0
    var distances: [Double] = []
    let job = RenderJob(
      capture: capture, output: booth.folder.path.appending("traced"), keys: [booth.key])
    try job.trace { packet in
      guard packet.fate == .placed else { return }
      let key = Key(ssrc: packet.ssrc, sequence: UInt16(truncatingIfNeeded: packet.sequence))
      guard let time = times[key] else {
        foreign += 1
        return
      }
      if !placed.insert(key).inserted { twice += 1 }
      distances.append(abs(packet.position / 16 - Double(time - zero) / 1e6))
    }
    self.foreign = foreign
    self.twice = twice
    self.distances = distances.sorted()
    for frame in spoken {
      let key = Key(ssrc: frame.ssrc, sequence: frame.sequence)
      frames[frame.user, default: []].append(
        Frame(
          user: frame.user, time: frame.time, isPlaced: placed.contains(key),
          isTaken: taken.contains(key)))
    }
  }

  var spokenCount: Int { frames.values.reduce(0) { $0 + $1.count } }

  /// Seconds that a speaker said within a time and that are in no track, the most of any speaker.
  ///
  /// - Parameter counts: Whether a frame is to be counted.
  func lost(_ range: Range<Int64>, counting counts: (Frame) -> Bool) -> Double {
    let most = frames.values.map { frames in
      frames.count { range.contains($0.time) && !$0.isPlaced && counts($0) }
    }.max()
    return Double(most ?? 0) * 0.02
  }

  /// What is missing of more than `least`, by speaker.
  func holes(longerThan least: Int64) -> [Hole] {
    var holes: [Hole] = []
    for (user, frames) in frames {
      var hole: Hole?
      for frame in frames {
        if frame.isPlaced {
          if let hole, hole.end - hole.start > least { holes.append(hole) }
          hole = nil
          continue
        }
        let end = frame.time + Self.frameTime
        var now =
          hole ?? Hole(user: user, start: frame.time, end: end, isTaken: true, isTouched: false)
        now.end = end
        now.isTaken = now.isTaken && frame.isTaken
        now.isTouched = now.isTouched || frame.isTaken
        hole = now
      }
      if let hole, hole.end - hole.start > least { holes.append(hole) }
    }
    return holes
  }
}

internal import Audio
internal import DiscordREST
internal import Synchronization

/// Decoded sound, of one speaker or of all, from the moment this was asked for.
///
/// It is decoded as it is read. A slow reader loses the oldest frames, which ``dropped`` counts; the
/// sequence ends with the stay, or when the reading task is cancelled. It has one reader.
public struct VoicePCM: AsyncSequence, Sendable {
  let subscription: FrameSubscription
  let format: VoicePCMFormat

  /// Frames that a slow reader has lost so far.
  public var dropped: Int { subscription.queue.dropped }

  /// Reads the blocks one by one.
  public struct Iterator: AsyncIteratorProtocol {
    let subscription: FrameSubscription
    private let decoders: SpeakerDecoders
    private var blocks: [VoicePCMBlock] = []

    init(_ sound: VoicePCM) {
      subscription = sound.subscription
      decoders = SpeakerDecoders(format: sound.format)
    }

    /// The next block; nil at the end.
    public mutating func next() async -> VoicePCMBlock? {
      while blocks.isEmpty {
        guard let frame = await subscription.queue.next() else { return nil }
        decoders.decode(frame, into: &blocks)
      }
      return blocks.removeFirst()
    }
  }

  /// The reader.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }
}

/// A decoder for each speaker that was heard lately.
final class SpeakerDecoders {
  /// Decoders hold some 30 KB; the one that has been silent longest makes place.
  static let most = 64

  private final class Entry {
    var decoder: SpeakerDecoder
    var newest: Int64 = 0
    init(format: VoicePCMFormat) { decoder = SpeakerDecoder(format: format) }
  }

  private let format: VoicePCMFormat
  private var entries: [ID<User>: Entry] = [:]

  init(format: VoicePCMFormat) { self.format = format }

  func decode(_ frame: VoiceFrame, into blocks: inout [VoicePCMBlock]) {
    let entry: Entry
    if let known = entries[frame.user] {
      entry = known
    } else {
      if entries.count >= Self.most,
        let silent = entries.min(by: { $0.value.newest < $1.value.newest })?.key
      {
        entries[silent] = nil
      }
      entry = Entry(format: format)
      entries[frame.user] = entry
    }
    entry.newest = frame.arrival
    entry.decoder.decode(frame, into: &blocks)
  }
}

internal import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import DAVEFrames

@Suite("Opening frames")
struct FrameOpenerTests {
  private let secret = [UInt8](0..<16)

  @Test("what was sealed opens, of every length up to 300 bytes")
  func roundTrip() throws {
    var random = SplitMix64(seed: 1)
    var sealer = try FrameSealer(baseSecret: secret)
    var opener = try FrameOpener(baseSecret: secret)
    for length in 0..<300 {
      let plaintext = random.bytes(length)
      let frame = try sealer.sealed(plaintext)
      #expect(frame.count == length + (length < 127 ? 12 : 13))
      let looksEncrypted = DAVEFrame.looksEncrypted(frame.span)
      #expect(looksEncrypted)
      #expect(try opener.opened(frame) == plaintext)
    }
  }

  @Test("ranges in the clear are where they were, and are authenticated")
  func ranges() throws {
    var random = SplitMix64(seed: 2)
    var sealer = try FrameSealer(baseSecret: secret)
    var opener = try FrameOpener(baseSecret: secret)
    let cases: [[DAVEFrame.Range]] = [
      [.init(offset: 0, length: 10)], [.init(offset: 90, length: 10)],
      [.init(offset: 0, length: 100)], [.init(offset: 50, length: 0)],
      [.init(offset: 0, length: 1), .init(offset: 1, length: 3), .init(offset: 40, length: 20)],
    ]
    for ranges in cases {
      let plaintext = random.bytes(100)
      let frame = try sealer.sealed(plaintext, unencryptedRanges: ranges)
      for range in ranges {
        #expect(frame[range.offset..<range.end] == plaintext[range.offset..<range.end])
      }
      for range in ranges where range.length > 0 {
        var changed = frame
        changed[range.offset] ^= 1
        #expect(throws: DAVEFrameError.badTag) { try opener.opened(changed) }
      }
      #expect(try opener.opened(frame) == plaintext)
    }
    for bad in [
      [.init(offset: 0, length: 101)], [.init(offset: 101, length: 0)],
      [.init(offset: 5, length: 5), .init(offset: 9, length: 1)], [.init(offset: 0, length: -1)],
      [DAVEFrame.Range](repeating: .init(offset: 5, length: 0), count: 122),
    ] as [[DAVEFrame.Range]] {
      #expect(throws: VoiceCryptoError.format) {
        try sealer.sealed(random.bytes(100), unencryptedRanges: bad)
      }
    }
  }

  @Test("no changed byte is accepted, and the good frame opens after")
  func tampered() throws {
    var sealer = try FrameSealer(baseSecret: secret)
    let plaintext = [UInt8](repeating: 0x42, count: 40)
    let frame = try sealer.sealed(plaintext)
    var opener = try FrameOpener(baseSecret: secret)
    for index in frame.indices {
      for bit in 0..<8 {
        var changed = frame
        changed[index] ^= 1 << bit
        var error: DAVEFrameError?
        do throws(DAVEFrameError) { _ = try opener.opened(changed) } catch let thrown {
          error = thrown
        }
        #expect(error != nil, "byte \(index), bit \(bit)")
      }
    }
    #expect(try opener.opened(frame) == plaintext)
  }

  @Test("another sender's or epoch's key is a bad tag, and leaves no plaintext")
  func wrongKey() throws {
    var sealer = try FrameSealer(baseSecret: secret)
    var opener = try FrameOpener(baseSecret: [UInt8](1...16))
    var output: [UInt8] = [1]
    let frame = try sealer.sealed([1, 2, 3])
    #expect(throws: DAVEFrameError.badTag) { try opener.open(frame.span, into: &output) }
    #expect(output.isEmpty)
  }

  @Test("silence passes unencrypted, any number of times; other plaintext does not")
  func silence() throws {
    var opener = try FrameOpener(baseSecret: secret)
    for _ in 0..<3 {
      #expect(try opener.opened([0xF8, 0xFF, 0xFE]) == [0xF8, 0xFF, 0xFE])
    }
    #expect(throws: DAVEFrameError.notDAVE) { try opener.opened([0xF8, 0xFF, 0xFD]) }
    #expect(throws: DAVEFrameError.notDAVE) { try opener.opened([]) }
    var sealer = try FrameSealer(baseSecret: secret)
    #expect(try opener.opened(sealer.sealed([0xF8, 0xFF, 0xFE])) == [0xF8, 0xFF, 0xFE])
  }

  @Test("each frame opens once, in any order within the window")
  func replay() throws {
    var sealer = try FrameSealer(baseSecret: secret)
    var random = SplitMix64(seed: 3)
    let frames = try (0..<2_000).map { try sealer.sealed([UInt8(truncatingIfNeeded: $0)]) }
    var opener = try FrameOpener(baseSecret: secret)
    for index in frames.indices.shuffled(using: &random) {
      #expect(try opener.opened(frames[index]) == [UInt8(truncatingIfNeeded: index)])
    }
    for frame in frames { #expect(throws: DAVEFrameError.replay) { try opener.opened(frame) } }
  }

  @Test("frames more than 2,048 behind are refused; frames before the first are not")
  func window() throws {
    var sealer = try FrameSealer(baseSecret: secret)
    let frames = try (0..<4_000).map { _ in try sealer.sealed([1]) }
    var opener = try FrameOpener(baseSecret: secret)
    _ = try opener.opened(frames[2_047])
    _ = try opener.opened(frames[0])
    _ = try opener.opened(frames[3_999])
    #expect(throws: DAVEFrameError.replay) { try opener.opened(frames[1_951]) }
    _ = try opener.opened(frames[1_952])
    #expect(throws: DAVEFrameError.replay) { try opener.opened(frames[2_047]) }
  }

  @Test("generations go on, over the wrap of their byte, with late frames of the one before")
  func generations() throws {
    var opener = try FrameOpener(baseSecret: secret)
    for generation in [0, 1, 2, 250, 255, 256, 257, 500, 512] as [UInt64] {
      var sealer = try FrameSealer(
        baseSecret: secret, framesBefore: (generation << 24) + 0xFF_FFFD)
      let last = try sealer.sealed([1])
      let late = try sealer.sealed([2])
      let next = try sealer.sealed([3])
      #expect(try opener.opened(last) == [1], "generation \(generation)")
      #expect(try opener.opened(next) == [3], "generation \(generation) + 1")
      #expect(try opener.opened(late) == [2], "generation \(generation), late")
      #expect(throws: DAVEFrameError.replay) { try opener.opened(late) }
    }
  }

  @Test("a generation too far ahead is refused, and forgeries change nothing")
  func farAhead() throws {
    var opener = try FrameOpener(baseSecret: secret)
    var far = try FrameSealer(baseSecret: secret, framesBefore: 251 << 24)
    let frame = try far.sealed([1])
    #expect(throws: DAVEFrameError.badTag) { try opener.opened(frame) }
    for generation in [200, 100, 200, 3] as [UInt64] {
      var forger = try FrameSealer(
        baseSecret: [UInt8](repeating: 9, count: 16), framesBefore: generation << 24)
      let forged = try forger.sealed([6, 6, 6])
      #expect(throws: DAVEFrameError.badTag) { try opener.opened(forged) }
    }
    var sealer = try FrameSealer(baseSecret: secret)
    #expect(try opener.opened(sealer.sealed([7])) == [7])
    var later = try FrameSealer(baseSecret: secret, framesBefore: 250 << 24)
    #expect(try opener.opened(later.sealed([8])) == [8])
  }

  @Test("mutated frames never trap and never open")
  func mutated() throws {
    var random = SplitMix64(seed: 5)
    var sealer = try FrameSealer(baseSecret: secret)
    var opener = try FrameOpener(baseSecret: secret)
    var opened = 0
    for _ in 0..<5_000 {
      let plaintext = random.bytes(Int.random(in: 0...60, using: &random))
      let ranges = plaintext.count > 20 ? [DAVEFrame.Range(offset: 3, length: 9)] : []
      let frame = try sealer.sealed(plaintext, unencryptedRanges: ranges)
      var changed = frame
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = changed.indices.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: changed[index] = UInt8.random(in: 0...255, using: &random)
        case 1: changed.remove(at: index)
        default: changed.insert(UInt8.random(in: 0...255, using: &random), at: index)
        }
      }
      if changed == frame { continue }
      if (try? opener.opened(changed)) != nil { opened += 1 }
    }
    #expect(opened == 0)
  }
}

internal import Audio

extension SpurtPlayer {
  /// What is missing between two packets that were played.
  struct Hole {
    var packets: Int64
    /// Of them, those that never came.
    var lost: Int64
    var cause: TrackGap.Cause
    /// 48 kHz samples of the packet behind the hole, and how many before it it can make good.
    var nextLength: Int64 = 0
    var redundancy: Int64 = 0
  }

  /// Concealed at most, in 48 kHz samples: 100 ms, faded out when more is missing.
  private static let concealment: Int64 = 4_800
  /// A longer silence for want of packets, in 48 kHz samples, parts spurts.
  private static let longestGap: Int64 = 96_000
  /// The decoder's grain: 2.5 ms.
  private static let grain: Int64 = 120

  /// Goes on from the run's end to the next packet: pause, loss, or both.
  ///
  /// - Parameter payload: The packet behind the hole, for the redundancy in it.
  mutating func bridge(
    to timestamp: Int64, section index: Int, hole: Hole, recovering payload: Span<UInt8> = Span()
  ) throws(AudioError) {
    guard let run else {
      // Outside of a spurt nothing tells where the audio would have been.
      frames.lost += hole.lost
      frames.silent += hole.lost
      return
    }
    let isSameSpurt =
      clock.sections[index].firstSequence == clock.sections[run.section].firstSequence
    let length = max(lastLength, hole.nextLength)
    let room =
      isSameSpurt ? timestamp - expected : min(hole.packets, 1_000) * length
    var missing = min(min(hole.packets, 100_000) * length, max(0, room))
    missing -= missing % Self.grain
    let pause = isSameSpurt ? room - missing : Self.shortPause
    if !isSameSpurt { missing = min(missing, Self.concealment) }
    let canRecover = isSameSpurt && pause == 0 && hole.redundancy > 0
    let recovered = canRecover ? min(hole.redundancy, missing) : 0
    count(hole, length: length, missing: missing, recovered: recovered)

    if missing > 0 { try fill(missing - recovered, cause: hole.cause, recovered: recovered) }
    if recovered > 0 { try recover(recovered, from: payload) }
    if pause > 0, pause < Self.shortPause {
      try feedZeros(pause)
    } else if pause != 0 {
      endRun()
    }
  }

  /// Books lost packets: recovered, concealed or silent, exactly.
  private mutating func count(_ hole: Hole, length: Int64, missing: Int64, recovered: Int64) {
    guard hole.lost > 0 else { return }
    let concealed = min(missing - recovered, Self.concealment)
    let recoveredFrames: Int64 = recovered > 0 ? 1 : 0
    let concealedFrames = min(
      hole.lost - recoveredFrames, (concealed + length - 1) / max(length, 1))
    frames.lost += hole.lost
    frames.recovered += recoveredFrames
    frames.concealed += concealedFrames
    frames.silent += hole.lost - recoveredFrames - concealedFrames
  }

  /// Conceals, then leaves silent.
  private mutating func fill(
    _ length: Int64, cause: TrackGap.Cause, recovered: Int64
  ) throws(AudioError) {
    guard length > 0, let start = run?.covered else { return }
    let concealed = min(length, Self.concealment)
    try conceal(concealed, isFading: length > Self.concealment)
    let silent = length - concealed
    guard let current = run else { return }
    var end = current.covered
    if silent >= Self.shortPause {
      let section = current.section
      let next = expected + silent
      end = Int64((map.position(of: next, in: clock.sections[section]) - codecDelay).rounded())
      if silent > Self.longestGap { endRun() }
      begin(at: next, section: section)
      // The track goes on silent; the resampler need not work for it.
      if silent <= Self.longestGap { advance(by: 0) }
    } else if silent > 0 {
      try feedZeros(silent)
      end = run?.covered ?? end
    }
    gaps.append(TrackGap(range: SampleRange(start: start, end: end), cause: cause))
  }

  private mutating func conceal(_ length: Int64, isFading: Bool) throws(AudioError) {
    var done: Int64 = 0
    while done < length {
      let step = min(length - done, 960)
      if isDecoding {
        let from = isFading ? 1 - Float(done) / Float(Self.concealment) : 1
        let to = isFading ? 1 - Float(done + step) / Float(Self.concealment) : 1
        try feed(try decoder.conceal(length: Int(step), fade: (from, to)))
      } else {
        advance(by: step)
      }
      done += step
    }
  }

  private mutating func recover(
    _ length: Int64, from payload: Span<UInt8>
  ) throws(AudioError) {
    guard isDecoding else {
      advance(by: length)
      return
    }
    let count: Int
    do throws(AudioError) {
      count = try decoder.recover(from: payload, length: Int(length))
    } catch .undecodable {
      // The packet will be refused in its turn; its redundancy is none.
      try feedZeros(length)
      return
    }
    try feed(count)
  }
}

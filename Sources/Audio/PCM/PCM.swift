/// Conversions of sample blocks.
package enum PCM {
  /// What a conversion to 16 bits found.
  package struct Levels: Equatable, Sendable {
    /// Samples that 16 bits could not hold.
    package var clipped = 0
    /// The largest magnitude, 1.0 being full scale; may exceed 1.
    package var peak: Float = 0

    package init() {}

    /// Adds another block's levels.
    package mutating func add(_ other: Levels) {
      clipped += other.clipped
      peak = max(peak, other.peak)
    }
  }

  /// Rounds float samples (full scale 1.0 = 32768, ties to even) to 16 bits, holding what is too large at the ends.
  ///
  /// What is not a number becomes 0. The same on every machine.
  ///
  /// - Parameter output: Written from its start; enlarged only when too small.
  package static func convert(_ input: Span<Float>, into output: inout [Int16]) -> Levels {
    if output.count < input.count {
      output.append(contentsOf: repeatElement(0, count: input.count - output.count))
    }
    var levels = Levels()
    output.withUnsafeMutableBufferPointer { output in
      input.withUnsafeBufferPointer { input in
        levels = convert(input, to: output)
      }
    }
    return levels
  }

  /// Averages `frames` interleaved stereo frames to mono, in place: the first `frames` elements then are the mono samples.
  package static func averageToMono(_ samples: inout [Float], frames: Int) {
    precondition(frames >= 0 && frames * 2 <= samples.count)
    samples.withUnsafeMutableBufferPointer { samples in
      for index in 0..<frames {
        samples[index] = 0.5 * (samples[2 &* index] + samples[2 &* index &+ 1])
      }
    }
  }

  private static func convert(
    _ input: UnsafeBufferPointer<Float>, to output: UnsafeMutableBufferPointer<Int16>
  ) -> Levels {
    // Written for the vectoriser of a plain x86-64 or arm64 target: no call, no branch, no trap. Adding 1.5 * 2^23 rounds to
    // an integer (ties to even) and leaves it in the low bits; the peak is found on the bit pattern, as integer maximum
    // may be reordered where that of floats may not.
    let magic: Float = 12_582_912
    let magicBits = magic.bitPattern
    var clipped: UInt32 = 0
    var peakBits: UInt32 = 0
    var total = 0
    for index in 0..<input.count {
      let raw = input[index]
      let sample = raw == raw ? raw : 0
      peakBits = max(peakBits, sample.bitPattern & 0x7FFF_FFFF)
      let scaled = sample * 32768
      // Past these the value rounds to outside of 16 bits.
      let isOver = scaled >= 32767.5
      let isUnder = scaled < -32768.5
      clipped &+= (isOver || isUnder) ? 1 : 0
      let upper = isOver ? 32767 : scaled
      let held = isUnder ? -32768 : upper
      let bits = (held + magic).bitPattern &- magicBits
      output[index] = Int16(truncatingIfNeeded: bits)
    }
    total = Int(clipped)
    var levels = Levels()
    levels.clipped = total
    levels.peak = Float(bitPattern: peakBits)
    return levels
  }
}

internal import Glibc
internal import CEbur128

/// Loudness by EBU R 128 (ITU-R BS.1770) of one mono track.
///
/// It is safe to send: the handle is never shared, and the library keeps no state outside of it.
package struct LoudnessMeter: ~Copyable, @unchecked Sendable {
  private var state: UnsafeMutablePointer<ebur128_state>?

  /// - Parameter sampleRate: In Hz, 16...2,822,400.
  package init(sampleRate: Int) throws(AudioError) {
    let mode = Int32(EBUR128_MODE_I.rawValue) | Int32(EBUR128_MODE_TRUE_PEAK.rawValue)
    guard sampleRate > 0, let state = ebur128_init(1, UInt(sampleRate), mode) else {
      throw .invalidParameter("no loudness meter for \(sampleRate) Hz")
    }
    self.state = state
  }

  deinit {
    var state = self.state
    ebur128_destroy(&state)
  }

  /// Measures more samples. Pauses need not be given whole: 0.4 s of zeros ends all blocks that hold speech, and blocks of
  /// silence are gated out anyway.
  package mutating func add(_ samples: Span<Int16>) throws(AudioError) {
    let code = samples.withUnsafeBufferPointer { samples in
      ebur128_add_frames_short(state, samples.baseAddress, samples.count)
    }
    guard code == 0 else { throw .library(name: "libebur128", message: "error \(code)") }
  }

  /// Integrated loudness in LUFS; nil when everything was below the absolute gate of -70 LUFS.
  package var integratedLUFS: Double? {
    var value = 0.0
    guard ebur128_loudness_global(state, &value) == 0, value.isFinite else { return nil }
    return value
  }

  /// True (oversampled) peak in dBTP; nil when nothing but zeros was given.
  package var truePeakDecibels: Double? {
    var value = 0.0
    guard ebur128_true_peak(state, 0, &value) == 0, value > 0 else { return nil }
    return 20 * log10(value)
  }
}

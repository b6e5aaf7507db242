/// What of the session is rendered, in nanoseconds from its zero.
struct RenderRange: Equatable {
  var from: Int64
  var to: Int64

  init(from: Int64, to: Int64) {
    self.from = from
    self.to = to
  }

  /// - Parameters:
  ///   - zero: The session's zero, nanoseconds since the Unix epoch.
  ///   - end: The session's end, likewise.
  /// - Throws: ``RenderError/Code/usage`` when nothing lies between the bounds.
  init(options: RenderOptions, zero: Int64, end: Int64) throws(RenderError) {
    let length = max(0, end.subtractingReportingOverflow(zero).partialValue)
    from = max(0, options.from?.offset(zero: zero) ?? 0)
    to = min(length, options.to?.offset(zero: zero) ?? length)
    let isWhole = options.from == nil && options.to == nil
    guard isWhole || from < to else {
      let seconds = rounded(Double(length) / 1e9, 3)
      throw RenderError(
        .usage, "nothing of the session lies between --from and --to: it is \(seconds) s long")
    }
  }

  /// Samples of the tracks.
  func samples(rate: Int) -> Int64 { Self.samples(to - from, rate: rate) }

  /// The sample of a moment, not clamped.
  ///
  /// - Parameter offset: Nanoseconds from the session's zero.
  func sample(at offset: Int64, rate: Int) -> Int64 { Self.samples(offset - from, rate: rate) }

  /// Whole samples in so many nanoseconds, rounded down; in two steps, so that years do not overflow.
  static func samples(_ nanoseconds: Int64, rate: Int) -> Int64 {
    let seconds = nanoseconds / 1_000_000_000
    let rest = nanoseconds % 1_000_000_000
    return seconds * Int64(rate) + rest * Int64(rate) / 1_000_000_000
  }
}

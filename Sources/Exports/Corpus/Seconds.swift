/// Sample numbers as decimal seconds.
enum Seconds {
  /// Rounded half up; exact where the rate allows.
  ///
  /// - Parameters:
  ///   - samples: Not negative.
  ///   - rate: Samples a second.
  ///   - decimals: 0 to 9 places behind the point, always written.
  static func text(_ samples: Int64, rate: Int, decimals: Int) -> String {
    let rate = Int64(rate)
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let whole = samples / rate
    let (fraction, carry) = rounded(samples % rate, scale, rate)
    let digits = String(fraction)
    guard decimals > 0 else { return String(whole + carry) }
    return "\(whole + carry)." + String(repeating: "0", count: decimals - digits.count) + digits
  }

  /// The nearest number of microseconds, as JSON has it.
  static func number(_ samples: Int64, rate: Int) -> Double {
    (Double(samples) * 1_000_000 / Double(rate)).rounded() / 1_000_000
  }

  private static func rounded(
    _ rest: Int64, _ scale: Int64, _ rate: Int64
  ) -> (fraction: Int64, carry: Int64) {
    let fraction = (2 * rest * scale + rate) / (2 * rate)
    return fraction == scale ? (0, 1) : (fraction, 0)
  }
}

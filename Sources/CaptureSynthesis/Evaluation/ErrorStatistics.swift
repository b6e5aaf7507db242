/// Errors of many measurements, milliseconds; signs are kept until they are asked for.
package struct ErrorStatistics: Sendable, Equatable {
  private var values: [Double] = []

  package init() {}

  package mutating func add(_ milliseconds: Double) {
    values.append(milliseconds)
  }

  package var count: Int { values.count }

  /// The given share of the magnitudes is at most this; nil without values.
  package func magnitude(quantile: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.map(abs).sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * quantile))]
  }

  package var median: Double? { magnitude(quantile: 0.5) }
  package var p99: Double? { magnitude(quantile: 0.99) }
  package var maximum: Double? { magnitude(quantile: 1) }

  /// The mean with its sign; nil without values.
  package var mean: Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

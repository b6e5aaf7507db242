/// The line under a set of points that comes closest to them: its slope and its height at 0.
struct LowerLine: Equatable {
  var slope: Double
  var height: Double

  func value(at x: Double) -> Double { height + slope * x }

  /// The line that no point lies below and whose mean distance from the points is least: the edge of
  /// their lower hull under the mean x. Nil for fewer than two different x.
  ///
  /// - Parameter points: Ascending in x.
  init?(under points: [(x: Double, y: Double)]) {
    var hull: [(x: Double, y: Double)] = []
    for point in points {
      if let last = hull.last, point.x <= last.x {
        if point.y >= last.y { continue }
        hull.removeLast()
      }
      while hull.count >= 2 {
        let a = hull[hull.count - 2]
        let b = hull[hull.count - 1]
        guard (b.y - a.y) * (point.x - a.x) >= (point.y - a.y) * (b.x - a.x) else { break }
        hull.removeLast()
      }
      hull.append(point)
    }
    guard hull.count >= 2 else { return nil }
    let mean = points.reduce(0) { $0 + $1.x } / Double(points.count)
    var index = 1
    while index < hull.count - 1, hull[index].x < mean { index += 1 }
    let a = hull[index - 1]
    let b = hull[index]
    slope = (b.y - a.y) / (b.x - a.x)
    height = a.y - slope * a.x
  }
}

/// A range of samples of a track, end exclusive, counted from the session's zero.
public struct SampleRange: Codable, Hashable, Sendable {
  public var start: Int64
  public var end: Int64

  public init(start: Int64, end: Int64) {
    self.start = start
    self.end = end
  }

  public var count: Int64 { end - start }
}

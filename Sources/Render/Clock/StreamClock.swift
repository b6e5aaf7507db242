/// The map from a stream's RTP time to the session clock.
package struct StreamClock: Sendable {
  /// Parts per million by which the sender's clock runs fast.
  package var ppm: Double = 0

  package init() {}
}

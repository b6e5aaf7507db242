/// Where a speaker's samples go; one object for each speaker, used from one thread at a time.
///
/// Writes are ascending and do not overlap; what lies between them is a pause and is never written.
package protocol TrackSink: AnyObject {
  /// Takes 16-bit samples for the output positions from `sample` on.
  ///
  /// - Throws: Anything; it ends the render (also the way to cancel).
  func write(_ samples: Span<Int16>, at sample: Int64) throws
}

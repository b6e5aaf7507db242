/// Lengths of time in nanoseconds, the unit of every time in this target.
///
/// Times are relative to the session's zero (the first `voice_server` event).
extension Int64 {
  package static func milliseconds(_ count: Double) -> Int64 { Int64((count * 1e6).rounded()) }
  package static func seconds(_ count: Double) -> Int64 { Int64((count * 1e9).rounded()) }
  package static func minutes(_ count: Double) -> Int64 { seconds(count * 60) }
  package static func hours(_ count: Double) -> Int64 { seconds(count * 3600) }
}

package import DiscordVoice

/// What a recording needs of a voice session; tests put another in its place.
package protocol VoiceStayControl: AnyObject, Sendable {
  func join() async throws(VoiceError)
  var end: VoiceEnd { get async }
  func leave() async
  func reconnect(_ why: String) async
  func framesUnreadable() async
  var connection: VoiceConnectionInfo? { get }
  var udpCounters: VoiceUDPCounters { get }
}

extension VoiceSession: VoiceStayControl {}

/// What a packet holds.
package enum PacketContent: Sendable, Equatable {
  /// A packet of the speaker's voice, from this sample (48 kHz) of the looped recording.
  case speech(position: Int64)
  /// The Opus silence frame F8 FF FE.
  case silence
  /// A one-byte packet that keeps a DTX stream alive.
  case comfort
  /// Bytes that no Opus decoder takes.
  case undecodable
}

/// One RTP packet as it leaves its sender.
package struct SentPacket: Sendable, Equatable {
  /// Index of the speaker in the plan.
  package var speaker: Int
  /// Counts the streams of the speaker from 0.
  package var stream: Int
  /// Counts the talk spurts of the speaker from 0.
  package var spurt: Int
  package var connection: UInt32
  package var ssrc: UInt32
  /// Unwrapped: the stream's random start plus the packets since; the low 16 bits are sent.
  package var sequence: Int64
  /// Unwrapped likewise; the low 32 bits are sent.
  package var timestamp: Int64
  /// Audio in the packet, samples at 48 kHz.
  package var samples: Int
  package var content: PacketContent
  package var isFirstOfSpurt: Bool
  /// When the first sample met the microphone: true time in ns from the session's zero.
  package var trueTime: Int64
  /// When the packet left the sender, ns likewise.
  package var sendTime: Int64
  /// `sendTime - trueTime` of an ordinary packet of this sender: part of the path's least delay.
  package var senderDelay: Int64
}

package import VoiceCrypto

/// What is agreed with a voice server: from op 4 on, media can flow.
package struct VoiceConnectionInfo: Hashable, Sendable {
  /// Counts the connections of a stay, as identified (op 0); a resumed one keeps its number.
  package var number: UInt32
  /// Our own address, `address:port`, IPv6 in brackets.
  package var local: String
  /// The voice server's.
  package var remote: String
  /// Our address as the voice server sees it.
  package var mapped: String
  package var mode: TransportMode
  /// Our own SSRC.
  package var ssrc: UInt32
  /// The DAVE version of op 4; 0 is none.
  package var daveVersion: Int
  /// Whether the channel is a stage.
  package var isStage: Bool
  package var guild: UInt64
  package var channel: UInt64

  package init(
    number: UInt32, local: String, remote: String, mapped: String, mode: TransportMode,
    ssrc: UInt32, daveVersion: Int, isStage: Bool, guild: UInt64, channel: UInt64
  ) {
    self.number = number
    self.local = local
    self.remote = remote
    self.mapped = mapped
    self.mode = mode
    self.ssrc = ssrc
    self.daveVersion = daveVersion
    self.isStage = isStage
    self.guild = guild
    self.channel = channel
  }
}

/// Where end-to-end encryption stands.
public enum VoiceEncryption: Hashable, Sendable {
  /// Not agreed yet, or switched off by Discord.
  case off
  /// A stage: there is none.
  case stage
  /// Agreed, and the bot is in no group with anybody else: it is alone, or not yet added.
  case pending
  /// The bot holds the keys of this epoch.
  case member(epoch: UInt64)
}

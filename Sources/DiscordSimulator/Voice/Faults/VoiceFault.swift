/// One thing that goes wrong in voice, for whom and when: data, so that a run can be told and
/// repeated.
package struct VoiceFault: Hashable, Sendable {
  /// What comes first when a guild's voice moves to another server.
  package enum MigrationOrder: Hashable, Sendable {
    /// VOICE_SERVER_UPDATE, then close code 4014 on the old connection.
    case updateFirst
    /// 4014, then the update.
    case closeFirst
  }

  /// What happens.
  package enum Effect: Hashable, Sendable {
    // On the way of speech to a client, for a time.
    /// Each packet is lost with this probability.
    case loss(Double, for: Duration)
    /// The next packets are lost, all of them.
    case burst(packets: Int)
    /// Packets are overtaken by up to five others.
    case reorder(Double, for: Duration)
    /// Packets come twice.
    case duplicate(Double, for: Duration)
    /// A bit of the packet is turned over.
    case corrupt(Double, for: Duration)
    /// A packet of some time ago comes once more.
    case replay(Double, for: Duration)
    /// Beside each packet comes a made-up one of the same SSRC, under no key.
    case forge(Double, for: Duration)
    /// All packets come so much later.
    case delay(Duration, for: Duration)
    /// Packets come later by a random time of this mean; order is not kept.
    case jitter(Duration, for: Duration)
    /// Nothing comes for so long, and then all of it at once.
    case stall(Duration)
    /// No datagram passes either way, and nothing comes of the voice gateway either.
    case blackout(Duration)

    // To the connection.
    /// A close frame. Which codes end the session: ``VoiceFault/endsSession(_:)``.
    case close(UInt16)
    /// TCP reset; the session can be resumed.
    case drop
    /// Nothing comes of the voice gateway any more and nothing is read, but the socket stays open.
    case silence
    /// Heartbeats of this connection are no longer acknowledged.
    case muteAcknowledgements
    /// The next n resumes are refused with 4006.
    case refuseResumes(Int)
    /// The next n identifies are refused with this code.
    case refuseIdentifies(UInt16, count: Int)
    /// The next n times that a bot asks to join (op 4) are not answered.
    case ignoreJoins(Int)
    /// The next resume sends up to n messages again that the client has already.
    case repeatReplay(Int)
    /// Op 5 of others comes so late from now on; nil: not at all.
    case lateSpeaking(Duration?)
    /// The next op 30 is damaged.
    case badWelcome
    /// The next op 29 is damaged.
    case badCommit

    // To the guild or the call.
    /// The voice of the user's guild moves to another server.
    case migrate(MigrationOrder, nullEndpointFirst: Bool)
    /// Thrown out of voice.
    case kick
    /// Moved to another voice channel.
    case move(to: World.ID)
    /// Server deafened, or no longer.
    case deafen(Bool)
    /// Server muted, or no longer.
    case mute(Bool)
    /// The call goes to version 0: no end-to-end encryption.
    case downgrade
    /// The call goes back to version 1.
    case upgrade
    /// The call's group is begun anew (op 24 with epoch 1).
    case recreate
    /// The call is over: 4022.
    case endCall
  }

  package var effect: Effect
  /// Whom it happens to; nil: every client with a socket.
  package var user: World.ID?
  /// How long after the start of voice; nil: at once.
  package var time: Duration?

  /// A fault for a user (nil: for every client with a socket), now or at a time.
  package init(_ effect: Effect, user: World.ID? = nil, at time: Duration? = nil) {
    self.effect = effect
    self.user = user
    self.time = time
  }

  /// Close codes after which a client has to begin a new session.
  package static func endsSession(_ code: UInt16) -> Bool {
    switch code {
    case 1000, 4003, 4004, 4005, 4006, 4009, 4011, 4012, 4014, 4016, 4017, 4021, 4022: true
    default: false
    }
  }
}

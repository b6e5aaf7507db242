/// What to do when the voice gateway closes.
///
/// Source: Discord documentation, "Voice Close Event Codes".
enum ClosePolicy: Hashable, Sendable {
  /// Resume the session; if that fails, identify anew.
  case resume
  /// Identify anew, once; then it is our bug.
  case identifyOnce
  /// The session is gone: leave the channel and join again.
  case rejoin
  /// The token is not taken: leave and join for another one, twice.
  case freshToken
  /// We were kicked or moved, or the server changes: the main gateway tells which.
  case askMainGateway
  /// End-to-end encryption is demanded, and ours is not taken.
  case stop
  /// Stay away for a minute, once.
  case coolDown
  /// The call was ended; another server may follow.
  case awaitServer

  init(code: UInt16?) {
    self =
      switch code {
      case 4001, 4002, 4003, 4005, 4012, 4016, 4020: .identifyOnce
      case 4004: .freshToken
      case 4006, 4009, 4011: .rejoin
      case 4014: .askMainGateway
      case 4017: .stop
      case 4021: .coolDown
      case 4022: .awaitServer
      // 1000, 1001, none at all (1006), 4015 and what Discord may add.
      default: .resume
      }
  }
}

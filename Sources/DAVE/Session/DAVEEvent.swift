internal import MLS

/// What happens to a ``DAVESession``, in the words of the voice gateway.
package enum DAVEEvent: Sendable {
  /// A new connection was identified: nothing of an earlier one holds but keys to receive with.
  case identified(connection: UInt32)
  /// Op 4. Version 0 is a call without end-to-end encryption, as in stage channels.
  case sessionDescription(version: Int, channel: UInt64)
  /// Op 11.
  case usersConnected([UInt64])
  /// Op 13.
  case userDisconnected(UInt64)
  /// Op 21.
  case prepareTransition(id: UInt16, version: Int)
  /// Op 22.
  case executeTransition(id: UInt16)
  /// Op 24.
  case prepareEpoch(epoch: UInt64, version: Int)
  /// Op 25: the payload after the opcode.
  case externalSender([UInt8])
  /// Op 27: the payload after the opcode.
  case proposals([UInt8])
  /// Op 29: the payload after the transition id.
  case commit(transition: UInt16, [UInt8])
  /// Op 30: the payload after the transition id.
  case welcome(transition: UInt16, [UInt8])
  /// Frames of a mapped sender fail long after the last transition: our keys must be wrong.
  case framesUnreadable
}

/// What a ``DAVESession`` wants done, in this order.
package enum DAVEAction: Equatable, Sendable {
  /// Op 26, binary.
  case sendKeyPackage([UInt8])
  /// Op 28, binary: a commit, and after it the Welcome if anybody is added.
  case sendCommitWelcome([UInt8])
  /// Op 23, JSON. What was installed before it must be on disk first.
  case sendTransitionReady(transition: UInt16)
  /// Op 31, JSON.
  case sendInvalidCommitWelcome(transition: UInt16)
  /// Keys of an epoch, to receive with from now on, and to log.
  case install(DAVEEpochKeys)
  /// Op 22 came: epochs before this one, and those of earlier connections, retire 30 s from now.
  case retireBefore(connection: UInt32, incarnation: UInt32, epoch: UInt64)
  /// From now on frames that are not encrypted are right (true), or no longer (false).
  case allowPlaintext(Bool)
  case warn(DAVEWarning)
}

/// The media keys of everybody in an epoch. They are not in its description, so no log can get them.
package struct DAVEEpochKeys: Equatable, Sendable, CustomStringConvertible,
  CustomDebugStringConvertible
{
  /// How we came to the epoch.
  package enum Origin: String, Equatable, Sendable { case ownCommit, commit, welcome }

  package var connection: UInt32
  /// Counts the groups of a connection: their epochs all begin at 1.
  package var incarnation: UInt32
  package var epoch: UInt64
  package var channel: UInt64
  package var origin: Origin
  package var transition: UInt16
  /// By user id: 16 bytes each.
  package var senders: [UInt64: [UInt8]]
  /// 32 bytes, equal for all members; ``DAVECodes/privacyCode(epochAuthenticator:)`` shows it.
  package var epochAuthenticator: [UInt8]

  package init(
    connection: UInt32, incarnation: UInt32, epoch: UInt64, channel: UInt64, origin: Origin,
    transition: UInt16, senders: [UInt64: [UInt8]], epochAuthenticator: [UInt8]
  ) {
    self.connection = connection
    self.incarnation = incarnation
    self.epoch = epoch
    self.channel = channel
    self.origin = origin
    self.transition = transition
    self.senders = senders
    self.epochAuthenticator = epochAuthenticator
  }

  package var description: String {
    "epoch \(epoch) of group \(incarnation), connection \(connection), channel \(channel), "
      + "by \(origin.rawValue), transition \(transition), \(senders.count) senders"
  }
  package var debugDescription: String { description }
}

/// What a person who looks for a fault should know.
package struct DAVEWarning: Equatable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// A message came that cannot be in this state; it was ignored.
    case unexpected
    /// Proposals were refused.
    case badProposals
    /// A commit or Welcome was refused, and op 31 sent unless it was just sent before.
    case badCommit
    case badWelcome
    /// We hold no key of this epoch for the moment: the group goes on without us until we are added.
    case outOfGroup
    /// We could not commit; others can.
    case cannotCommit
  }
  package var code: Code
  package var message: String

  package var description: String { "\(code.rawValue): \(message)" }
}

/// The commit or Welcome of an epoch was processed: from the event's time on its keys are held.
///
/// The epochs of a connection are counted anew in every incarnation of its group.
public struct DAVEEpochEvent: CaptureEventPayload {
  public static let kind = "dave_epoch"
  public var connection: UInt32
  public var incarnation: UInt32
  public var epoch: UInt64
  /// The voice gateway's number of the transition that brings the epoch; 0 is executed at once.
  public var transition: UInt16
  /// `own_commit`, `commit` or `welcome`.
  public var origin: String
  /// How many are in the group, the recorder included.
  public var members: Int
  public var message: String {
    "connection \(connection): DAVE epoch \(epoch) of group \(incarnation) by \(origin), "
      + "\(members) members"
  }
  public init(
    connection: UInt32, incarnation: UInt32, epoch: UInt64, transition: UInt16, origin: String,
    members: Int
  ) {
    self.connection = connection
    self.incarnation = incarnation
    self.epoch = epoch
    self.transition = transition
    self.origin = origin
    self.members = members
  }
}

/// A step of a DAVE transition: the recorder said that it is ready (op 23), or the voice gateway
/// that everybody switches (op 22).
public struct DAVETransitionEvent: CaptureEventPayload {
  public static let kind = "dave_transition"
  public static let ready = "ready"
  public static let executed = "executed"
  public var connection: UInt32
  public var incarnation: UInt32
  /// The epoch that begins; nil for a transition that is not one of epochs.
  public var epoch: UInt64?
  public var transition: UInt16
  /// ``ready`` or ``executed``.
  public var state: String
  public var message: String {
    "connection \(connection): DAVE transition \(transition) \(state)"
      + (epoch.map { ", epoch \($0) of group \(incarnation)" } ?? "")
  }
  public init(
    connection: UInt32, incarnation: UInt32, epoch: UInt64?, transition: UInt16, state: String
  ) {
    self.connection = connection
    self.incarnation = incarnation
    self.epoch = epoch
    self.transition = transition
    self.state = state
  }
}

/// From now on frames without end-to-end encryption are right in this call, or no longer: a
/// downgrade, an upgrade.
public struct DAVEPlaintextEvent: CaptureEventPayload {
  public static let kind = "dave_plaintext"
  public var connection: UInt32
  public var allowed: Bool
  public var message: String {
    "connection \(connection): frames without end-to-end encryption are "
      + (allowed ? "right" : "refused")
  }
  public init(connection: UInt32, allowed: Bool) {
    self.connection = connection
    self.allowed = allowed
  }
}

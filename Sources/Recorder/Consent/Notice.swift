/// What people in a channel are told before they are recorded.
///
/// In ``template`` the words `{operator}`, `{retention}`, `{objection}` and `{channel}` are replaced.
public struct Notice: Sendable, Equatable {
  /// Who records, for people: a name or an organisation; nil: the bot's name.
  public var operatorName: String?
  /// How long the recording is kept, for people: `30 days`; nil: as ``RecordingOptions/retention``
  /// says.
  public var retention: String?
  /// How to object, for people; nil: a general sentence.
  public var objection: String?
  /// The text; nil: the usual one.
  public var template: String?
  /// What stands before the bot's name while it records; nil: the nickname stays.
  public var nicknamePrefix: String? = "[REC] "
  /// Whether people who join later are told by a new post, at most every 15 minutes.
  public var isRepeated = true

  /// The usual notice.
  public init(
    operatorName: String? = nil, retention: String? = nil, objection: String? = nil,
    template: String? = nil
  ) {
    self.operatorName = operatorName
    self.retention = retention
    self.objection = objection
    self.template = template
  }
}

/// In a recovered copy: what was damaged or missing here in the original.
public struct RecoveredEvent: CaptureEventPayload {
  public static let kind = "recovered"
  /// The damage, with ranges in the original's segments; running numbers count anew in the copy.
  public var damage: CaptureDamage
  public var message: String {
    "recovered: \(damage.description)"
  }
  public init(damage: CaptureDamage) {
    self.damage = damage
  }
}

extension CaptureDamage: CustomStringConvertible {
  /// One line for people, as in `segment-000002.pcapng: bytes 4096 to 4287: wrong checksum, 1 block
  /// missing`.
  public var description: String {
    var text = segment + ": "
    if length > 0 { text += "bytes \(offset) to \(offset + length - 1): " }
    let what =
      switch cause {
      case .torn: "ends inside a block"
      case .checksum: "wrong checksum"
      case .garbage: "not a block of ours"
      case .missingBlocks: "before byte \(offset)"
      case .missingSegment: "not there"
      case .unreadable: "cannot be read"
      case .outOfOrder:
        offset == 0 ? "holds another segment" : "running numbers go back at byte \(offset)"
      case .duplicateSegment: "is there twice, with and without .part; not read"
      case .foreignSegment: "belongs to another capture; not read"
      }
    text += what
    if missing > 0 { text += ", \(missing) block\(missing == 1 ? "" : "s") missing" }
    return text
  }
}

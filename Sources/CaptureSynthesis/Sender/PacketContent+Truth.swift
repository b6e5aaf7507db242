extension PacketContent {
  /// The kind as the ground truth names it.
  package var kind: PacketKind {
    switch self {
    case .speech: .speech
    case .silence: .silence
    case .comfort: .comfort
    case .undecodable: .undecodable
    }
  }

  /// Where in the voice the packet begins, samples at 48 kHz.
  package var position: Int64? {
    if case .speech(let position) = self { position } else { nil }
  }
}

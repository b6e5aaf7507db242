internal import DAVEFrames
internal import RTP

/// Opens packets down to what the Opus decoder takes: transport, extension, padding, end-to-end.
final class PayloadOpener {
  enum Outcome: Equatable {
    case opened
    /// No transport key opens it.
    case transport
    /// No end-to-end key of the user is known.
    case noEpoch
    case badTag
    case replay
    /// The call is end-to-end encrypted and this frame is not.
    case notDAVE
    /// End-to-end encrypted by a user that was never named.
    case unmapped
  }

  private let transport: TransportOpener
  private let connections: [UInt32: SessionSurvey.Connection]
  private let times: EpochTimes
  /// Connections with end-to-end encryption, if only for a time.
  private let encrypting: Set<UInt32>
  private var senders: [String: SenderOpener]
  private var plaintext: [UInt8] = []

  init(survey: SessionSurvey, keys: RenderKeys) {
    connections = survey.connections
    times = survey.epochs
    encrypting = Set(survey.connections.filter { $0.value.dave > 0 }.keys)
      .union(survey.epochs.epochs.keys.map(\.connection))
    transport = TransportOpener(survey: survey, keys: keys)
    let windows = EpochWindows(survey.epochs)
    senders = keys.senders.filter { !$0.value.isEmpty }.mapValues {
      SenderOpener($0, windows: windows)
    }
  }

  /// Whether a packet may come from the voice server, as far as its connection's keys tell.
  func isCredible(
    _ datagram: Span<UInt8>, header: RTPHeader, connection: UInt32, time: Int64
  ) -> Bool {
    transport.isCredible(datagram, header: header, connection: connection, time: time)
  }

  /// Opens one packet.
  ///
  /// - Parameter payload: Replaced by the Opus packet.
  func open(
    _ datagram: Span<UInt8>, header: RTPHeader, connection: UInt32, user: String?, time: Int64,
    into payload: inout [UInt8]
  ) -> Outcome {
    // Moved out for the loan: a span of an object's property cannot outlive the access.
    var plaintext: [UInt8] = []
    swap(&plaintext, &self.plaintext)
    defer { swap(&plaintext, &self.plaintext) }
    guard
      let range = transport.open(
        datagram, header: header, connection: connection, time: time, into: &plaintext)
    else { return .transport }
    let frame = plaintext.span.extracting(range)
    let isEncrypted =
      times.allowsPlaintext(connection: connection, at: time).map { !$0 }
      ?? ((connections[connection]?.dave ?? 0) > 0)
    // Some clients leave silence in the clear even in an end-to-end encrypted call.
    if !DAVEFrame.isSilence(frame) {
      let outcome = openEndToEnd(
        frame, connection: connection, user: user, time: time, isEncrypted: isEncrypted,
        into: &payload)
      if let outcome { return outcome }
    }
    payload.removeAll(keepingCapacity: true)
    frame.withUnsafeBufferPointer { payload.append(contentsOf: $0) }
    return .opened
  }

  /// What became of a frame as an end-to-end encrypted one; nil when it is to be taken as it is.
  private func openEndToEnd(
    _ frame: Span<UInt8>, connection: UInt32, user: String?, time: Int64, isEncrypted: Bool,
    into payload: inout [UInt8]
  ) -> Outcome? {
    guard DAVEFrame.looksEncrypted(frame) else { return isEncrypted ? .notDAVE : nil }
    let outcome = openSealed(frame, connection: connection, user: user, time: time, into: &payload)
    if outcome == .opened || isEncrypted { return outcome }
    // In the clear an Opus packet may end in the marker by chance. Where others seal theirs, near a
    // change of version, one with a whole footer is taken for sealed: it would be heard as noise.
    let isSealed = encrypting.contains(connection) && (try? DAVEFrame(parsing: frame)) != nil
    return isSealed ? outcome : nil
  }

  private func openSealed(
    _ frame: Span<UInt8>, connection: UInt32, user: String?, time: Int64,
    into payload: inout [UInt8]
  ) -> Outcome {
    guard let user else { return .unmapped }
    guard let sender = senders[user] else { return .noEpoch }
    switch sender.open(frame, connection: connection, at: time, into: &payload) {
    case .opened: return .opened
    case .badTag: return .badTag
    case .replay: return .replay
    case .noEpoch: return .noEpoch
    }
  }
}

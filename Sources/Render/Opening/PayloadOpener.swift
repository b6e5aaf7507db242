internal import Audio
internal import RTP

/// Opens packets down to what the Opus decoder takes: transport, extension, padding, end-to-end.
final class PayloadOpener {
  enum Outcome: Equatable {
    case opened
    case transport
    case noEpoch
    case badTag
    case replay
    case notDAVE
    case unmapped
  }

  private let transport: TransportOpener
  private let survey: SessionSurvey
  private var plaintext: [UInt8] = []

  init(survey: SessionSurvey, keys: RenderKeys) {
    self.survey = survey
    transport = TransportOpener(survey: survey, keys: keys)
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
    payload.removeAll(keepingCapacity: true)
    frame.withUnsafeBufferPointer { payload.append(contentsOf: $0) }
    return .opened
  }
}

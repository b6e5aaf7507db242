/// What of a recording to import, and how.
package struct ImportOptions: Sendable, Equatable {
  /// RTP payload types that are Opus; nil: those of Janus recordings' only stream, and of networks
  /// the dynamic ones whose packets look like Opus (``OpusEvidence``).
  package var payloadTypes: Set<UInt8>?
  /// UDP ports, of either end; nil: all.
  package var ports: Set<UInt16>?
  /// When the first packet arrived, in nanoseconds since the Unix epoch; nil: as the recording says.
  package var start: Int64?

  package init(
    payloadTypes: Set<UInt8>? = nil, ports: Set<UInt16>? = nil, start: Int64? = nil
  ) {
    self.payloadTypes = payloadTypes
    self.ports = ports
    self.start = start
  }
}

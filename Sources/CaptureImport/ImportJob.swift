package import CaptureLog
internal import FoundationEssentials
internal import RTP
package import SystemPackage

/// One import.
///
/// The recording is read twice: first to learn which senders there are and which of them send Opus
/// (``StreamSurvey``), then to copy their packets. Memory does not grow with the file.
package struct ImportJob {
  private let options: ImportOptions
  private let name: String
  private let modified: Int64
  private let progress: (Double) throws(CaptureError) -> Void
  private var counts = ImportCounts()
  /// True when the recording's times are not those of arrival.
  private var ignoresTimes = false

  /// - Parameters:
  ///   - name: The recording's name, for people.
  ///   - modified: When its file was last written, nanoseconds since the Unix epoch.
  package init(
    options: ImportOptions, name: String, modified: Int64,
    progress: @escaping (Double) throws(CaptureError) -> Void = { _ throws(CaptureError) in }
  ) {
    self.options = options
    self.name = name
    self.modified = modified
    self.progress = progress
  }

  /// Writes the capture into `folder`, which must not exist or be empty.
  package mutating func run(
    _ source: any ByteSource, id: String, to folder: FilePath
  ) throws(CaptureError) -> ImportReport {
    var window = SourceWindow(source)
    let reader = try RecordingReader(detecting: &window)
    var survey = try survey(&window, with: reader)
    var selection = try select(from: survey, of: reader)
    var warnings: [ImportReport.Warning] = []
    var recordedStart: Int64?
    if survey.isTimeless {
      if options.start == nil { warnings.append(.unknownStart) }
    } else {
      recordedStart = selection.start
    }
    if !selection.hasPlausibleTimes, !survey.isTimeless {
      ignoresTimes = true
      warnings.append(.implausibleTimes)
      survey = try self.survey(&window, with: reader)
      selection = try select(from: survey, of: reader)
    }
    let times = times(of: selection, recordedStart: recordedStart)
    let start = times.lowerBound

    let session = SessionInfo(
      id: id, guildID: "0", channelID: "0", channelName: name, start: Self.text(start),
      startUnixNanoseconds: start, build: "tapedeck \(toolVersion)", recipients: [],
      source: reader.format.rawValue, encryptedAtRest: false)
    var builder = try CaptureBuilder(creating: folder, session: session)
    try connect(selection, at: start, in: &builder)
    try copy(&window, with: reader, selection: &selection, times: times) {
      packet, connection, time throws(CaptureError) in
      try builder.append(packet: packet, connection: connection, time: time)
    }
    let event = ImportEvent(format: reader.format.rawValue, file: name, counts: counts)
    try builder.append(CaptureEvent(event, time: times.upperBound))
    try builder.append(
      CaptureEvent(LeaveEvent(reason: "end of the recording"), time: times.upperBound))
    try builder.finish()
    return ImportReport(
      format: reader.format, captureID: id, start: start,
      nanoseconds: times.upperBound - start,
      streams: selection.streams.map { stream in
        .init(
          ssrc: stream.ssrc, connection: stream.connection, payloadTypes: stream.payloadTypes,
          packets: stream.packets)
      },
      counts: counts, warnings: warnings + counts.warnings + selection.warnings)
  }

  // MARK: First pass

  func survey(
    _ window: inout SourceWindow, with reader: RecordingReader
  ) throws(CaptureError) -> StreamSurvey {
    var reader = reader
    var survey = StreamSurvey()
    var tick = 0
    while let item = try reader.next(&window) {
      try report(reader.position, of: window.size, pass: 0, &tick)
      guard case .datagram(let datagram) = item, isWanted(datagram.flow) else { continue }
      window.withBytes(at: datagram.offset, count: datagram.count) { bytes in
        guard case .rtp(let header) = DatagramKind.classify(bytes) else { return }
        survey.observe(
          header, samples: OpusPayload.samples(of: bytes, header: header),
          flow: datagram.flow, time: ignoresTimes ? nil : datagram.time)
      }
    }
    return survey
  }

  func select(
    from survey: StreamSurvey, of reader: RecordingReader
  ) throws(CaptureError) -> StreamSelection {
    let selection = StreamSelection(survey) { [options] sender, evidence in
      if case .mjr(let mjr) = reader {
        // All of a Janus recording is one stream, of the codec that its header names.
        return options.payloadTypes?.contains(evidence.payloadType)
          ?? (evidence.payloadType != mjr.header.redundantPayloadType)
      }
      guard sender.isValid else { return false }
      return options.payloadTypes?.contains(evidence.payloadType) ?? evidence.looksLikeOpus
    }
    guard selection.streams.isEmpty else { return selection }
    throw CaptureError(.invalid, "\(reader.format.rawValue): no Opus RTP found" + survey.hint)
  }

  // MARK: Second pass

  private func connect(
    _ selection: StreamSelection, at time: Int64, in builder: inout CaptureBuilder
  ) throws(CaptureError) {
    for (index, flow) in selection.flows.enumerated() {
      let connection = UInt32(index)
      guard
        let addresses = DatagramAddresses(
          localAddress: flow.bytes(of: flow.destination), localPort: flow.destinationPort,
          remoteAddress: flow.bytes(of: flow.source), remotePort: flow.sourcePort)
      else { continue }
      try builder.addConnection(connection, addresses: addresses)
      try builder.append(
        CaptureEvent(
          ConnectionEvent(
            connection: connection, local: flow.destinationText, remote: flow.sourceText,
            mode: "none", ssrc: 0, dave: 0),
          time: time))
    }
  }

  /// Gives the packets of the selected streams to `store`, with their times moved to `times`.
  mutating func copy(
    _ window: inout SourceWindow, with reader: RecordingReader,
    selection: inout StreamSelection, times: ClosedRange<Int64>,
    store: (Span<UInt8>, _ connection: UInt32, _ time: Int64) throws(CaptureError) -> Void
  ) throws(CaptureError) {
    var reader = reader
    let shift = times.lowerBound.subtractingReportingOverflow(selection.start).partialValue
    var tick = 0
    while let item = try reader.next(&window) {
      try report(reader.position, of: window.size, pass: 1, &tick)
      switch item {
      case .skipped(let cause): counts.count(cause)
      case .damage(let range): counts.count(damage: range)
      case .datagram(let datagram):
        guard isWanted(datagram.flow) else {
          counts.otherPorts += 1
          continue
        }
        let kind = window.withBytes(at: datagram.offset, count: datagram.count) { bytes in
          DatagramKind.classify(bytes)
        }
        guard
          let (stream, time) = place(
            kind, at: ignoresTimes ? nil : datagram.time, in: &selection)
        else { continue }
        // RTCP of before the first packet, and times that a hostile file made overflow.
        let (shifted, overflow) = time.addingReportingOverflow(shift)
        let arrival = overflow ? times.upperBound : shifted.clamped(to: times)
        let connection = selection.streams[stream].connection
        try window.withBytes(at: datagram.offset, count: datagram.count) {
          bytes throws(CaptureError) in
          try store(bytes, connection, arrival)
        }
      }
    }
  }

  /// The stream that a datagram belongs to and its time in the recording; nil, and counted, when it
  /// is not imported.
  private mutating func place(
    _ kind: DatagramKind, at time: Int64?, in selection: inout StreamSelection
  ) -> (stream: Int, time: Int64)? {
    switch kind {
    case .rtp(let header):
      guard let index = selection.index(of: header.ssrc) else {
        if selection.isSender(header.ssrc) { counts.otherRTP += 1 } else { counts.notRTP += 1 }
        return nil
      }
      let arrival = selection.arrival(index, timestamp: header.timestamp, time: time)
      guard selection.streams[index].payloadTypes.contains(header.payloadType) else {
        counts.otherRTP += 1
        return nil
      }
      selection.countPacket(index)
      counts.rtp += 1
      return (index, arrival)
    case .rtcp(let header):
      guard let index = selection.index(of: header.ssrc) else {
        counts.notRTP += 1
        return nil
      }
      counts.rtcp += 1
      return (index, time ?? selection.streams[index].clock.latestArrival)
    case .ipDiscovery, .keepalive, .tooShort, .foreign:
      counts.notRTP += 1
      return nil
    }
  }

  // MARK: Small things

  private func isWanted(_ flow: Flow) -> Bool {
    guard let ports = options.ports else { return true }
    return ports.contains(flow.sourcePort) || ports.contains(flow.destinationPort)
  }

  private func report(
    _ position: Int64, of size: Int64, pass: Int, _ tick: inout Int
  ) throws(CaptureError) {
    tick += 1
    guard tick.isMultiple(of: 4096) else { return }
    try progress((Double(pass) + Double(position) / Double(max(size, 1))) / 2)
  }

  /// When the first packet arrived, and when the last one's audio ended. A recording without times
  /// was written until its file was last touched, which is as much as is known.
  func times(of selection: StreamSelection, recordedStart: Int64?) -> ClosedRange<Int64> {
    let (difference, overflow) = selection.end.subtractingReportingOverflow(selection.start)
    // Events are stored in microseconds, rounded down: the end must not be cut by that.
    let span = overflow ? Int64.max - 1000 : min(max(0, difference), Int64.max - 1000)
    let recorded = recordedStart ?? modified.subtractingReportingOverflow(span).partialValue
    // Captures begin after 1970, and have room for their own length.
    let start = max(0, min(options.start ?? recorded, Int64.max - 1000 - span))
    let end = start + span
    return start...(end + (1000 - end % 1000) % 1000)
  }

  private static func text(_ time: Int64) -> String {
    Date(timeIntervalSince1970: Double(time / 1_000_000_000)).formatted(.iso8601)
  }
}

extension Int64 {
  fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

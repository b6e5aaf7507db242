internal import Audio
internal import CaptureLog
internal import CaptureSynthesis
internal import RTP
internal import SystemPackage
internal import TestSupport
internal import Testing
internal import VoiceCrypto

/// An RTP packet of a capture, opened.
struct OpenedPacket {
  var header: RTPHeader
  var connection: UInt32
  /// Nanoseconds from the session's zero.
  var time: Int64
  var payload: [UInt8]
  var datagram: [UInt8]
}

/// Everything in a capture, read back through the reader and the ciphers.
struct CaptureContents {
  var session: SessionInfo
  var packets: [OpenedPacket] = []
  var kinds: [String: Int] = [:]
  var unopened = 0
  var events: [CaptureEvent] = []
  var reports = 0
  var damage = 0

  init(_ folder: FilePath, keys: CaptureKeys) throws {
    var reader = try CaptureReader(opening: folder)
    session = reader.session
    let start = Int64(session.startUnixNanoseconds) ?? 0
    while let record = try reader.next() {
      switch record {
      case .damage: damage += 1
      case .event(let event): events.append(event)
      case .packet(let packet):
        let datagram = reader.withPayload { span in (0..<span.count).map { span[$0] } }
        // A capture without encryption has no keys.
        let key = keys.transport(packet.connection).last
        #expect((key == nil) != session.encryptedAtRest)
        try take(
          datagram, packet, start: start, mode: key?.mode ?? .none,
          key: key?.key ?? SecretBytes([]))
      }
    }
  }

  private mutating func take(
    _ datagram: [UInt8], _ packet: PacketRecord, start: Int64, mode: TransportMode, key: SecretBytes
  ) throws {
    var cipher = try TransportCipher(mode: mode, key: key)
    var plaintext: [UInt8] = []
    switch DatagramKind.classify(datagram.span) {
    case .rtp(let header):
      kinds["rtp", default: 0] += 1
      do {
        try cipher.open(
          datagram.span, authenticatedLength: header.authenticatedLength, into: &plaintext)
      } catch {
        unopened += 1
        return
      }
      let body = Array(plaintext.dropFirst(header.extensionBodyLength))
      let length = try payloadWithoutPadding(body.span, hasPadding: header.hasPadding)
      packets.append(
        OpenedPacket(
          header: header, connection: packet.connection, time: packet.time - start,
          payload: Array(body.prefix(length)), datagram: datagram))
    case .rtcp(let header):
      try cipher.open(
        datagram.span, authenticatedLength: header.authenticatedLength, into: &plaintext)
      reports += plaintext.count == 36 ? 1 : 0
      kinds["rtcp", default: 0] += 1
    case .ipDiscovery: kinds["discovery", default: 0] += 1
    case .keepalive: kinds["keepalive", default: 0] += 1
    case .tooShort: kinds["tooShort", default: 0] += 1
    case .foreign: kinds["foreign", default: 0] += 1
    }
  }
}

/// A capture made for a test, with its truth.
struct MadeCapture {
  var counts: SynthesisCounts
  var truth: [TruthRecord] = []
  var header: TruthHeader
  var readCounts: SynthesisCounts?
  var keys: CaptureKeys
  var contents: CaptureContents

  init(
    _ plan: CapturePlan, in folder: TemporaryFolder, mode: TransportMode = .aes256GCM,
    payloads: PayloadKind = .dummy, voices: VoiceLibrary? = nil, name: String = "capture",
    endToEnd: EndToEndPlan? = nil, readsTruthFile: Bool = false
  ) throws {
    var options = SynthesisOptions()
    options.mode = mode
    options.payloads = payloads
    options.endToEnd = endToEnd
    options.synchronizes = false
    let key = try OperatorKey.generate()
    options.recipients = [key.publicKey]
    options.writesTruth = readsTruthFile
    let path = folder.path.appending(name)
    counts = try CaptureSynthesizer.write(plan, voices: voices, to: path, options: options)
    if readsTruthFile {
      var reader = try TruthReader(opening: TruthReader.path(besides: path))
      header = reader.header
      while let record = try reader.next() { truth.append(record) }
      readCounts = reader.counts
    } else {
      // The same by construction, and much cheaper than JSON.
      header = TruthHeader(plan, startUnixNanoseconds: options.startUnixNanoseconds)
      truth = TimelineTests.truth(plan)
    }
    keys = try CaptureKeys.open(path, with: [key])
    contents = try CaptureContents(path, keys: keys)
  }
}

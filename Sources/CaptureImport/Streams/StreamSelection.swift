/// Which streams of a recording are imported, and as what.
struct StreamSelection {
  /// A stream to import.
  struct Stream: Equatable {
    let ssrc: UInt32
    let connection: UInt32
    let payloadTypes: [UInt8]
    /// Where the recording has no arrival times.
    var clock: RTPArrivalClock
    var packets: UInt64 = 0
  }

  /// More tracks than any conference; what a hostile file could make of it is bounded.
  static let mostStreams = 1024

  /// In the order of their first packets.
  private(set) var streams: [Stream] = []
  /// By connection number: the flow of the connection's first packet.
  private(set) var flows: [Flow] = []
  /// The earliest arrival and the latest end of a packet's audio, nanoseconds.
  private(set) var start: Int64 = .max
  private(set) var end: Int64 = .min
  /// False when a stream holds much more audio than there was time for: its times are those of a
  /// program that wrote the file, not of packets that arrived.
  private(set) var hasPlausibleTimes = true
  /// There were more streams.
  private var isFull = false
  private var indices: [UInt32: Int] = [:]
  /// All that sent RTP.
  private let senders: Set<UInt32>

  /// - Parameter isOpus: whether a payload type of a sender is to be imported.
  init(_ survey: StreamSurvey, isOpus: (Sender, OpusEvidence) -> Bool) {
    self.senders = Set(survey.senders.lazy.filter { $0.value.isValid }.map { $0.key })
    var connections: [Flow: UInt32] = [:]
    let senders = survey.senders.sorted { $0.value.order < $1.value.order }
    for (ssrc, sender) in senders {
      let types = sender.types.filter { isOpus(sender, $0) }
      guard !types.isEmpty else { continue }
      guard streams.count < Self.mostStreams else {
        isFull = true
        break
      }
      for type in types {
        start = min(start, type.start)
        end = max(end, type.end)
        if !type.hasPlausibleTimes { hasPlausibleTimes = false }
      }
      let connection = connections[sender.flow] ?? UInt32(flows.count)
      if connection == flows.count {
        connections[sender.flow] = connection
        flows.append(sender.flow)
      }
      indices[ssrc] = streams.count
      streams.append(
        Stream(
          ssrc: ssrc, connection: connection,
          payloadTypes: types.map { $0.payloadType }.sorted(),
          clock: sender.clock.restarted))
    }
  }

  /// Whether an SSRC is that of a sender, and not made of bytes that look like RTP.
  func isSender(_ ssrc: UInt32) -> Bool { senders.contains(ssrc) }

  func index(of ssrc: UInt32) -> Int? { indices[ssrc] }

  /// What of it the user should know.
  var warnings: [ImportReport.Warning] {
    isFull
      ? [
        .init(
          code: "too_many_streams",
          message: "only the first \(Self.mostStreams) streams were imported; choose by --port")
      ] : []
  }

  /// When a packet of a stream came; every one has to be asked for, in order.
  mutating func arrival(_ index: Int, timestamp: UInt32, time: Int64?) -> Int64 {
    time ?? streams[index].clock.arrival(of: timestamp)
  }

  mutating func countPacket(_ index: Int) { streams[index].packets += 1 }
}

internal import Audio
internal import CaptureLog
internal import RTP
package import SystemPackage
internal import VoiceCrypto

/// Writes a plan down as a capture, with the truth beside it.
///
/// Streaming: what is held is what is under way in the network, whatever the session's length.
package struct CaptureSynthesizer: ~Copyable {
  private let plan: CapturePlan
  private let options: SynthesisOptions
  private var builder: CaptureBuilder
  private var keys: KeyRecording
  private var payloads: PayloadBank
  private var connection: ConnectionKit?
  private var call: CallSimulation?
  private var noise: NoiseMaker
  /// Packets that are under way, by id.
  private var underWay: [UInt64: PreparedPacket] = [:]
  /// Datagrams of which further copies are under way.
  private var copies: [UInt64: [UInt8]] = [:]
  private var datagram: [UInt8] = []
  private var counts = SynthesisCounts()

  /// Makes the capture of a plan.
  ///
  /// - Parameters:
  ///   - voices: What the speakers say; not needed for dummy payloads.
  ///   - folder: The capture's folder; the truth is written beside it.
  /// - Returns: What the capture holds.
  /// - Throws: `CaptureError`, `AudioError`, `VoiceCryptoError`, `Errno`.
  package static func write(
    _ plan: CapturePlan, voices: VoiceLibrary?, to folder: FilePath,
    options: SynthesisOptions = SynthesisOptions()
  ) throws -> SynthesisCounts {
    let header = TruthHeader(plan, startUnixNanoseconds: options.startUnixNanoseconds)
    var synthesizer = try CaptureSynthesizer(plan, voices: voices, folder: folder, options: options)
    guard options.writesTruth else {
      try synthesizer.run { _ in }
      return try synthesizer.finish()
    }
    var truth = try TruthWriter(creating: TruthReader.path(besides: folder), header: header)
    try synthesizer.run { try truth.append($0) }
    let counts = try synthesizer.finish()
    try truth.finish(counts)
    return counts
  }

  /// Everything of a connection follows from the seed, its key too.
  private static func kitRandom(_ plan: CapturePlan, _ connection: Int) -> SplitMix64 {
    SplitMix64(seed: plan.seed).child(1 << 40).child(100 + UInt64(connection))
  }

  private init(
    _ plan: CapturePlan, voices: VoiceLibrary?, folder: FilePath, options: SynthesisOptions
  ) throws {
    let random = SplitMix64(seed: plan.seed).child(1 << 40)
    // Whatever throws comes before the first property: a value that cannot be copied cannot be
    // taken apart half-made.
    let payloads = try PayloadBank(plan, voices: voices, options: options, random: random.child(1))
    let builder = try CaptureBuilder(
      creating: folder, session: SessionInfo(plan, options: options),
      synchronizes: options.synchronizes)
    let keys = try KeyRecording(plan, in: folder, options: options)
    self.keys = keys
    self.payloads = payloads
    self.builder = builder
    connection = nil
    call = nil
    noise = NoiseMaker(random: random.child(2))
    self.plan = plan
    self.options = options
  }

  private mutating func run(truth: (TruthRecord) throws -> Void) throws {
    var timeline = Timeline(plan)
    while let step = timeline.next() {
      try advanceCall(to: step.time)
      if case .sent(let packet, let id, var record) = step {
        if record.fate != .delivered { counts.lost += 1 }
        record.epoch = try send(packet, id: id, isHeard: record.arrival != nil)
        try truth(record)
      } else {
        try take(step)
      }
    }
    counts.highWater = timeline.highWater
  }

  private consuming func finish() throws -> SynthesisCounts {
    let counts = counts
    try builder.finish()
    return counts
  }

  private mutating func take(_ step: TimelineStep) throws {
    switch step {
    case .sent: break
    case .arrival(_, let id, let time, let copy, let isLast):
      try arrive(id, time: time, copy: copy, isLast: isLast)
    case .report(let report, let time):
      let packet = ControlPackets.senderReport(
        report, startUnixNanoseconds: options.startUnixNanoseconds)
      try connection?.seal(packet, into: &datagram)
      try append(time)
      counts.reports += 1
    case .connect(let number, let time):
      try connect(number, at: time)
    case .event(let event):
      try append(event)
    case .clock(let time, let offset):
      try appendClock(at: time, offset: offset)
    case .keepalive(_, let counter, let isOutbound, let time):
      datagram = ControlPackets.keepalive(counter)
      try append(time, isOutbound: isOutbound)
      counts.keepalives += 1
    case .noise(let kind, _, let time):
      try makeNoise(kind)
      try append(time)
      counts.noise[kind.rawValue, default: 0] += 1
    case .forgery(let packet, let samples, let time):
      guard options.mode != .none else { return }
      datagram = noise.forged(after: packet, samples: samples)
      try append(time)
      counts.noise[NoiseKind.forged.rawValue, default: 0] += 1
    }
  }
}

// MARK: - Packets

extension CaptureSynthesizer {
  /// - Returns: The epoch that the packet is sealed in, if it is.
  private mutating func send(_ packet: SentPacket, id: UInt64, isHeard: Bool) throws -> UInt64? {
    let prepared = try payloads.prepare(packet, in: call)
    if isHeard { underWay[id] = prepared.packet }
    return prepared.epoch
  }

  private mutating func arrive(_ id: UInt64, time: Int64, copy: Int, isLast: Bool) throws {
    if let packet = underWay.removeValue(forKey: id) {
      try connection?.seal(packet, into: &datagram)
      if !isLast { copies[id] = datagram }
    } else if let sealed = copies[id] {
      // The network doubles datagrams as they are, nonce and all.
      datagram = sealed
      if isLast { copies[id] = nil }
    }
    counts.speech += 1
    if copy > 0 { counts.duplicates += 1 }
    try append(time)
  }

  private mutating func makeNoise(_ kind: NoiseKind) throws {
    if let packet = noise.plain(kind) {
      datagram = packet
      return
    }
    try connection?.seal(noise.prepared(), into: &datagram)
    if kind == .badTag, let last = datagram.indices.last {
      datagram[last - min(last, 5)] ^= 0x55
    }
  }

  /// Appends `datagram`.
  private mutating func append(_ time: Int64, isOutbound: Bool = false) throws {
    guard let number = connection?.number else { return }
    counts.bytes += UInt64(datagram.count)
    try Self.append(
      datagram, to: &builder, connection: number, time: options.startUnixNanoseconds + time,
      isOutbound: isOutbound)
  }

  /// Apart, since a span of one property keeps all of them from being changed.
  private static func append(
    _ datagram: [UInt8], to builder: inout CaptureBuilder, connection: UInt32, time: Int64,
    isOutbound: Bool
  ) throws(CaptureError) {
    try builder.append(
      packet: datagram.span, connection: connection, time: time, isOutbound: isOutbound)
  }
}

// MARK: - Events

extension CaptureSynthesizer {
  private mutating func connect(_ number: Int, at time: Int64) throws {
    let kit = try ConnectionKit(
      number: number, mode: options.mode, random: Self.kitRandom(plan, number))
    guard let addresses = DatagramAddresses(local: kit.local, remote: kit.remote) else {
      throw CaptureError(.invalid, "the addresses of connection \(number) are none")
    }
    try keys.append(
      connection: kit.number, mode: options.mode, key: kit.key,
      time: options.startUnixNanoseconds + time)
    try builder.addConnection(kit.number, addresses: addresses)
    let event = kit.event(mode: options.mode, daveVersion: options.daveVersion)
    let (request, response) = kit.discovery()
    connection = consume kit
    datagram = request
    try append(time - .milliseconds(30), isOutbound: true)
    datagram = response
    try append(time - .milliseconds(8))
    counts.discovery += 2
    try append(CaptureEvent(event, time: time))
    guard let endToEnd = options.endToEnd, options.daveVersion > 0 else { return }
    call = CallSimulation(
      plan, endToEnd: endToEnd, connection: number,
      random: Self.kitRandom(plan, number).child(2))
  }

  /// Lets the call's group live on, and writes down what the recorder learns of it.
  private mutating func advanceCall(to time: Int64) throws {
    guard let connection = call?.connection, let outputs = call?.advance(to: time) else { return }
    var records: [KeyRecord] = []
    for output in outputs {
      guard case .key(let user, let incarnation, let epoch, let secret, let time) = output else {
        continue
      }
      records.append(
        KeyRecord(
          time: options.startUnixNanoseconds + time,
          .sender(
            connection: connection, incarnation: incarnation, epoch: epoch, user: user,
            secret: SecretBytes(secret))))
    }
    if !records.isEmpty { try keys.append(records) }
    for case .event(let event) in outputs { try append(event) }
  }

  private mutating func appendClock(at time: Int64, offset: Int64) throws {
    let clock = ClockEvent(
      boottimeNanoseconds: SessionInfo.simulatedBoottime + time,
      realtimeNanoseconds: options.startUnixNanoseconds + time + offset,
      bootID: SessionInfo.simulatedBootID)
    try append(CaptureEvent(clock, time: time))
  }

  /// Appends an event whose time counts from the session's zero.
  private mutating func append(_ event: CaptureEvent) throws {
    var event = event
    event.time += options.startUnixNanoseconds
    counts.events += 1
    try builder.append(event)
  }
}

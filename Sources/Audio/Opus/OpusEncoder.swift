internal import COpus

/// One Opus encoder of libopus, for the synthesiser, the simulator and the tests.
///
/// It is safe to send for the same reasons as `OpusDecoder`.
package struct OpusEncoder: ~Copyable, @unchecked Sendable {
  /// The duration of a packet; over 60 ms (and over 20 ms outside SILK) libopus packs several frames.
  package enum PacketDuration: Int, Sendable, CaseIterable {
    case ms2_5 = 120
    case ms5 = 240
    case ms10 = 480
    case ms20 = 960
    case ms40 = 1920
    case ms60 = 2880
    case ms80 = 3840
    case ms100 = 4800
    case ms120 = 5760

    /// Samples per channel at 48 kHz.
    package var samples: Int { rawValue }
  }

  /// What the encoder is told about its input.
  package enum Signal: Sendable {
    case automatic
    case voice
    case music
  }

  /// How to encode. The input is 48 kHz always.
  package struct Options: Sendable {
    /// 1 or 2.
    package var channels = 1
    /// Bits a second; Discord channels have 64,000 by default.
    package var bitrate = 64000
    package var duration = PacketDuration.ms20
    /// Whether LBRR copies are made (only SILK and hybrid have them, and only with `lossPercent` above 0).
    package var fec = true
    /// The loss that the encoder should expect, 0...100; libopus makes no LBRR without it.
    package var lossPercent = 0
    package var signal = Signal.automatic
    /// Forces a layer; nil leaves it to the encoder, which takes CELT for most speech at 64 kbit/s when tuned for audio.
    package var mode: OpusPacket.Mode?
    /// Discontinuous transmission: packets of one or two bytes in silence.
    package var dtx = false
    /// 0...10; 10 is the default of libopus for its encoder tool, 9 that of the library.
    package var complexity = 9
    /// False: constant bit rate.
    package var variableRate = true

    package init() {}
  }

  private let handle: OpaquePointer
  package let options: Options

  package init(_ options: Options = Options()) throws(AudioError) {
    guard (1...2).contains(options.channels) else {
      throw .invalidParameter("no Opus encoder for \(options.channels) channels")
    }
    let application = options.mode == .celt ? OPUS_APPLICATION_AUDIO : OPUS_APPLICATION_VOIP
    var code: Int32 = 0
    guard
      let handle = opus_encoder_create(48000, Int32(options.channels), application, &code)
    else {
      throw .library(name: "libopus", message: "encoder not created (\(code))")
    }
    do throws(AudioError) {
      try Self.configure(handle, options)
    } catch {
      opus_encoder_destroy(handle)
      throw error
    }
    self.handle = handle
    self.options = options
  }

  deinit { opus_encoder_destroy(handle) }

  /// The delay of encoder and decoder together, in samples at 48 kHz.
  package var lookahead: Int {
    var value: Int32 = 0
    _ = tapedeck_opus_encoder_get(handle, OPUS_GET_LOOKAHEAD_REQUEST, &value)
    return Int(value)
  }

  /// Encodes one packet's worth of (interleaved) samples and leaves exactly its bytes in `packet`.
  ///
  /// - Throws: `AudioError.invalidParameter` if `samples` is not one packet's worth.
  package mutating func encode(
    _ samples: Span<Float>, into packet: inout [UInt8]
  ) throws(AudioError) {
    guard samples.count == options.duration.samples * options.channels else {
      throw .invalidParameter("\(samples.count) samples is not one packet")
    }
    // 4000 bytes is what the documentation of libopus recommends for one frame; packets hold up to six.
    let room = 6 * 1276
    packet.removeAll(keepingCapacity: true)
    packet.append(contentsOf: repeatElement(0, count: room))
    let handle = self.handle
    let frames = Int32(options.duration.samples)
    let result = packet.withUnsafeMutableBufferPointer { packet in
      samples.withUnsafeBufferPointer { samples -> Int32 in
        guard let source = samples.baseAddress, let target = packet.baseAddress else {
          return OPUS_BAD_ARG
        }
        return opus_encode_float(handle, source, frames, target, Int32(room))
      }
    }
    guard result >= 0 else {
      packet.removeAll(keepingCapacity: true)
      throw .library(name: "libopus", message: "frame not encoded (\(result))")
    }
    packet.removeLast(room - Int(result))
  }

  /// Changes the forced layer between packets, as clients do when the network changes.
  package mutating func force(_ mode: OpusPacket.Mode?) throws(AudioError) {
    try Self.set(handle, Request.forceMode, mode.map(Request.value) ?? OPUS_AUTO)
    // SILK alone is at most wideband, hybrid at least super-wideband; else the encoder leaves the forced layer.
    switch mode {
    case .silk: try Self.set(handle, OPUS_SET_BANDWIDTH_REQUEST, OPUS_BANDWIDTH_WIDEBAND)
    case .hybrid: try Self.set(handle, OPUS_SET_BANDWIDTH_REQUEST, OPUS_BANDWIDTH_FULLBAND)
    case .celt: try Self.set(handle, OPUS_SET_BANDWIDTH_REQUEST, OPUS_BANDWIDTH_FULLBAND)
    case nil: try Self.set(handle, OPUS_SET_BANDWIDTH_REQUEST, OPUS_AUTO)
    }
  }

  private static func configure(
    _ handle: OpaquePointer, _ options: Options
  ) throws(AudioError) {
    try set(handle, OPUS_SET_BITRATE_REQUEST, Int32(clamping: options.bitrate))
    try set(handle, OPUS_SET_VBR_REQUEST, options.variableRate ? 1 : 0)
    try set(handle, OPUS_SET_COMPLEXITY_REQUEST, Int32(clamping: options.complexity))
    try set(handle, OPUS_SET_INBAND_FEC_REQUEST, options.fec ? 1 : 0)
    try set(handle, OPUS_SET_PACKET_LOSS_PERC_REQUEST, Int32(clamping: options.lossPercent))
    try set(handle, OPUS_SET_DTX_REQUEST, options.dtx ? 1 : 0)
    let signal: Int32 =
      switch options.signal {
      case .automatic: OPUS_AUTO
      case .voice: OPUS_SIGNAL_VOICE
      case .music: OPUS_SIGNAL_MUSIC
      }
    try set(handle, OPUS_SET_SIGNAL_REQUEST, signal)
    if let mode = options.mode {
      try set(handle, Request.forceMode, Request.value(mode))
      let bandwidth = mode == .silk ? OPUS_BANDWIDTH_WIDEBAND : OPUS_BANDWIDTH_FULLBAND
      try set(handle, OPUS_SET_BANDWIDTH_REQUEST, bandwidth)
    }
  }

  private static func set(
    _ handle: OpaquePointer, _ request: Int32, _ value: Int32
  ) throws(AudioError) {
    let code = tapedeck_opus_encoder_set(handle, request, value)
    guard code == OPUS_OK else {
      throw .invalidParameter("libopus refuses encoder setting \(request) = \(value) (\(code))")
    }
  }

  /// OPUS_SET_FORCE_MODE: not in the public header, but in every libopus since 1.0 (its own test program uses it).
  private enum Request {
    static let forceMode: Int32 = 11002

    static func value(_ mode: OpusPacket.Mode) -> Int32 {
      switch mode {
      case .silk: 1000
      case .hybrid: 1001
      case .celt: 1002
      }
    }
  }
}

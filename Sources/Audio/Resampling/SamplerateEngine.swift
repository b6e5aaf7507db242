internal import CSamplerate

/// libsamplerate's band-limited converters, one channel. `Resampler` owns the handle and destroys it.
struct SamplerateEngine {
  private let handle: OpaquePointer
  private let ratio: Double

  init(kind: Resampler.Kind, ratio: Double) throws(AudioError) {
    let converter =
      switch kind {
      case .samplerateMedium: SRC_SINC_MEDIUM_QUALITY
      case .samplerateFastest: SRC_SINC_FASTEST
      default: SRC_SINC_BEST_QUALITY
      }
    var code: Int32 = 0
    guard let handle = src_new(Int32(converter), 1, &code) else {
      throw .library(name: "libsamplerate", message: Self.text(code))
    }
    self.handle = handle
    self.ratio = ratio
  }

  func destroy() {
    _ = src_delete(handle)
  }

  func process(
    _ input: Span<Float>, into output: inout [Float], end: Bool
  ) throws(AudioError) -> Int {
    var written = 0
    var consumed = 0
    while true {
      if output.count - written < Self.minimumRoom {
        let more = max(output.count, 4 * Self.minimumRoom)
        output.append(contentsOf: repeatElement(0, count: more))
      }
      let room = output.count - written
      let handle = self.handle
      let ratio = self.ratio
      var read = 0
      var made = 0
      // A null input pointer would be taken for "nothing to do", and the end would be lost.
      var nothing: Float = 0
      let code = output.withUnsafeMutableBufferPointer { output in
        input.withUnsafeBufferPointer { input in
          withUnsafePointer(to: &nothing) { nothing in
            var data = SRC_DATA()
            data.data_in = input.baseAddress?.advanced(by: consumed) ?? nothing
            data.data_out = output.baseAddress?.advanced(by: written)
            data.input_frames = input.count - consumed
            data.output_frames = room
            data.end_of_input = end ? 1 : 0
            data.src_ratio = ratio
            let code = src_process(handle, &data)
            read = data.input_frames_used
            made = data.output_frames_gen
            return code
          }
        }
      }
      guard code == 0 else { throw .library(name: "libsamplerate", message: Self.text(code)) }
      consumed += read
      written += made
      guard read > 0 || made > 0 || consumed == input.count else {
        throw .library(name: "libsamplerate", message: "no progress")
      }
      if consumed == input.count, made == 0 || (made < room && !end) { return written }
    }
  }

  func reset() throws(AudioError) {
    let code = src_reset(handle)
    guard code == 0 else { throw .library(name: "libsamplerate", message: Self.text(code)) }
  }

  private static let minimumRoom = 1024

  private static func text(_ code: Int32) -> String {
    src_strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}

internal import CSoxr

/// libsoxr at its "very high quality" recipe, one channel of float samples, one thread. `Resampler` owns the handle and destroys it.
struct SoxrEngine {
  private let handle: OpaquePointer

  init(inputRate: Double, outputRate: Double) throws(AudioError) {
    var error: soxr_error_t?
    var io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
    var quality = soxr_quality_spec(UInt(SOXR_VHQ), 0)
    var runtime = soxr_runtime_spec(1)
    let handle = soxr_create(inputRate, outputRate, 1, &error, &io, &quality, &runtime)
    guard let handle, error == nil else {
      throw .library(name: "libsoxr", message: Self.text(error))
    }
    self.handle = handle
  }

  func destroy() {
    soxr_delete(handle)
  }

  func process(
    _ input: Span<Float>, into output: inout [Float], end: Bool
  ) throws(AudioError) -> Int {
    var written = 0
    var consumed = 0
    var isFlushing = false
    while true {
      if output.count - written < Self.minimumRoom {
        let more = max(output.count, 4 * Self.minimumRoom)
        output.append(contentsOf: repeatElement(0, count: more))
      }
      var read = 0
      var made = 0
      let room = output.count - written
      let handle = self.handle
      let error = output.withUnsafeMutableBufferPointer { output -> soxr_error_t? in
        guard let target = output.baseAddress?.advanced(by: written) else { return nil }
        if isFlushing { return soxr_process(handle, nil, 0, nil, target, room, &made) }
        return input.withUnsafeBufferPointer { input in
          // An empty chunk must not look like the end, which soxr takes a null pointer for.
          guard let source = input.baseAddress?.advanced(by: consumed) else { return nil }
          return soxr_process(
            handle, source, input.count - consumed, &read, target, room, &made)
        }
      }
      if let error { throw .library(name: "libsoxr", message: Self.text(error)) }
      consumed += read
      written += made
      if made == room { continue }
      guard read > 0 || isFlushing || consumed == input.count else {
        throw .library(name: "libsoxr", message: "no progress")
      }
      if isFlushing || (consumed == input.count && !end) { return written }
      if consumed == input.count { isFlushing = true }
    }
  }

  func reset() throws(AudioError) {
    if let error = soxr_clear(handle) {
      throw .library(name: "libsoxr", message: Self.text(error))
    }
  }

  /// Samples: below it a call would be made for too little.
  private static let minimumRoom = 1024

  private static func text(_ error: soxr_error_t?) -> String {
    error.map { String(cString: $0) } ?? "no handle"
  }
}

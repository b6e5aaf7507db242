internal import Glibc
internal import Testing

@testable internal import Audio

@Suite("Resamplers")
struct ResamplerTests {
  static let drifting = 48000 * (1 + 1e-4)

  struct Rates: CustomTestStringConvertible, Sendable {
    let input: Double
    let output: Double
    let kind: Resampler.Kind
    var testDescription: String { "\(kind) \(input) to \(output)" }
  }

  static let soxrRates: [Rates] = [
    Rates(input: 48000, output: 16000, kind: .soxr),
    Rates(input: drifting, output: 16000, kind: .soxr),
    Rates(input: 48000 * (1 - 2e-4), output: 16000, kind: .soxr),
    Rates(input: 48000 * (1 + 3e-6), output: 16000, kind: .soxr),
    Rates(input: 48000, output: 8000, kind: .soxr),
    Rates(input: drifting, output: 8000, kind: .soxr),
    Rates(input: 48000, output: 24000, kind: .soxr),
    Rates(input: drifting, output: 24000, kind: .soxr),
    Rates(input: 48000, output: 44100, kind: .soxr),
    Rates(input: drifting, output: 48000, kind: .soxr),
    Rates(input: 16000 * (1 + 1e-4), output: 16000, kind: .soxr),
  ]

  static let allKinds: [Rates] = Resampler.Kind.allCases.flatMap {
    [
      Rates(input: 48000, output: 16000, kind: $0),
      Rates(input: drifting, output: 16000, kind: $0),
    ]
  }

  private static func run(
    _ rates: Rates, _ input: [Float], chunk: Int = 960
  ) throws -> [Float] {
    var resampler = try Resampler(
      inputRate: rates.input, outputRate: rates.output, kind: rates.kind)
    return try run(&resampler, input, chunk: chunk)
  }

  private static func run(
    _ resampler: inout Resampler, _ input: [Float], chunk: Int
  ) throws -> [Float] {
    var output: [Float] = []
    var buffer: [Float] = []
    for start in stride(from: 0, to: input.count, by: chunk) {
      let part = input.span.extracting(start..<min(input.count, start + chunk))
      let count = try resampler.process(part, into: &buffer)
      output.append(contentsOf: buffer[..<count])
    }
    let count = try resampler.process(Span(), into: &buffer, end: true)
    output.append(contentsOf: buffer[..<count])
    return output
  }

  @Test("No delay, whole length when ended, level kept", arguments: allKinds)
  func tone(_ rates: Rates) throws {
    let input = Signals.tone(440, rate: rates.input, count: 48000)
    let output = try Self.run(rates, input)
    let length = Double(input.count) * rates.output / rates.input
    #expect(abs(Double(output.count) - length) <= 1, "\(output.count)")
    // Compared with the same tone made at the output rate, away from the ends: its phase is the delay.
    var (sine, cosine) = (0.0, 0.0)
    for index in 4000..<12000 {
      let angle = 2 * Double.pi * 440 * Double(index) / rates.output
      sine += Double(output[index]) * sin(angle)
      cosine += Double(output[index]) * cos(angle)
    }
    let delay = -atan2(cosine, sine) / (2 * Double.pi * 440) * rates.output
    let tolerance = rates.kind == .soxr ? 0.0005 : 0.01
    #expect(abs(delay) < tolerance, "\(delay) samples")
    let level = 2 * (sine * sine + cosine * cosine).squareRoot() / 8000
    #expect(abs(level - 0.5) < 0.001, "\(level)")
  }

  @Test(
    "Exactly a third of the samples of any length", arguments: [1, 2, 3, 959, 960, 48000, 48001])
  func thirds(_ count: Int) throws {
    let rates = Rates(input: 48000, output: 16000, kind: .soxr)
    let output = try Self.run(rates, Signals.voice(count: count))
    #expect(abs(Double(output.count) - Double(count) / 3) < 1)
    if count % 3 == 0 { #expect(output.count == count / 3) }
  }

  @Test("Chunks of any size give the very same samples", arguments: allKinds)
  func chunks(_ rates: Rates) throws {
    let isSlow = rates.kind != .soxr
    let input = Signals.voice(count: isSlow ? 6000 : 48000)
    let whole = try Self.run(rates, input, chunk: input.count)
    for chunk in [1 + input.count / 7, 960, 120, 1] where chunk > 1 || !isSlow {
      #expect(try Self.run(rates, input, chunk: chunk) == whole, "chunks of \(chunk)")
    }
  }

  @Test("Reset is the same as a new one, also after the end", arguments: allKinds)
  func reset(_ rates: Rates) throws {
    let input = Signals.voice(count: 9600)
    var resampler = try Resampler(
      inputRate: rates.input, outputRate: rates.output, kind: rates.kind)
    let first = try Self.run(&resampler, input, chunk: 960)
    try resampler.reset()
    #expect(try Self.run(&resampler, input, chunk: 960) == first)
    var buffer: [Float] = []
    try resampler.reset()
    _ = try resampler.process(input.span, into: &buffer)
    try resampler.reset()
    #expect(try Self.run(&resampler, input, chunk: 960) == first)
  }

  @Test("After the settling span all is exactly zero", arguments: soxrRates + allKinds)
  func settling(_ rates: Rates) throws {
    for lead in rates.kind == .soxr ? [0, 1, 997, 4001, 7013] : [0, 997] {
      var resampler = try Resampler(
        inputRate: rates.input, outputRate: rates.output, kind: rates.kind)
      var buffer: [Float] = []
      let noise = (0..<480).map { Float($0 % 7) * 0.3 - 1 }
      let input = [Float](repeating: 0, count: lead) + noise
      _ = try resampler.process(input.span, into: &buffer)
      let zeros = [Float](repeating: 0, count: resampler.settlingSamples)
      var count = try resampler.process(zeros.span, into: &buffer)
      #expect(buffer[..<count].contains { $0 != 0 } || lead + 480 > 4000)
      count = try resampler.process(zeros.span, into: &buffer, end: true)
      #expect(buffer[..<count].allSatisfy { $0 == 0 })
    }
  }

  @Test("What is above the new band is gone: a tone at 8.5 kHz")
  func stopBand() throws {
    for rates in Self.allKinds where rates.kind == .soxr || rates.kind == .samplerateBest {
      let output = try Self.run(rates, Signals.tone(8500, rate: rates.input, count: 24000))
      let level = Signals.decibels(Signals.energy(output[2000..<6000]) / 4000 / 0.125)
      #expect(level < -90, "\(rates) \(level) dB")
    }
  }

  @Test("Empty chunks are not the end")
  func emptyChunks() throws {
    let rates = Rates(input: 48000, output: 16000, kind: .soxr)
    let input = Signals.voice(count: 9600)
    let whole = try Self.run(rates, input)
    var resampler = try Resampler(inputRate: 48000, outputRate: 16000)
    var output: [Float] = []
    var buffer: [Float] = []
    for start in stride(from: 0, to: input.count, by: 960) {
      #expect(try resampler.process([Float]().span, into: &buffer) == 0)
      let count = try resampler.process(
        input.span.extracting(start..<start + 960), into: &buffer)
      output.append(contentsOf: buffer[..<count])
    }
    let count = try resampler.process(Span(), into: &buffer, end: true)
    output.append(contentsOf: buffer[..<count])
    #expect(output == whole)
  }

  @Test(
    "Rates that make no sense are refused",
    arguments: [
      (0.0, 16000.0), (-48000, 16000), (48000, 0), (.nan, 16000), (.infinity, 16000), (48000, 1),
    ])
  func parameters(_ input: Double, _ output: Double) {
    for kind in Resampler.Kind.allCases {
      var isRefused = false
      do throws(AudioError) {
        _ = try Resampler(inputRate: input, outputRate: output, kind: kind)
      } catch {
        isRefused = true
      }
      #expect(isRefused)
    }
  }
}

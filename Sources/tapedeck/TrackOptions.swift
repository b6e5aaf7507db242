public import ArgumentParser
public import Render

extension RenderOptions.Format: ExpressibleByArgument {}
extension RenderOptions.Resampler: ExpressibleByArgument {}
extension RenderOptions.Digest: ExpressibleByArgument {}

extension TimeBound: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// The options of `render` that say what the tracks are like.
struct TrackOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Samples a second, 8000 to 48000.", valueName: "hz"))
  var rate = 16_000

  @Option(help: ArgumentHelp("wav or flac.", valueName: "format"))
  var format = RenderOptions.Format.wav

  @Option(
    help: ArgumentHelp(
      "soxr, samplerate-best, medium, fastest, or decoder (less work, leaks above 8 kHz).",
      valueName: "name"))
  var resampler = RenderOptions.Resampler.soxr

  @Option(
    help: ArgumentHelp(
      "Only these users (ids, or ssrc-<n>), separated by commas; may be repeated.", valueName: "ids"
    ))
  var speakers: [String] = []

  @Option(
    help: ArgumentHelp(
      "Begin there: seconds, HH:MM:SS or ISO 8601. It becomes sample 0.", valueName: "time"))
  var from: TimeBound?

  @Option(help: ArgumentHelp("End there.", valueName: "time"))
  var to: TimeBound?

  @Flag(help: "Also write mix.wav, the sum of all tracks; it never clips.")
  var mix = false

  @Option(
    help: ArgumentHelp(
      "speech (over the speech only) or file (the plain SHA-256 of each file).", valueName: "kind"))
  var digest = RenderOptions.Digest.speech

  @Flag(help: "Measure loudness and true peak of each speaker.")
  var loudness = false

  func options() throws -> RenderOptions {
    guard RenderOptions.sampleRates.contains(rate) else {
      throw ValidationError("--rate must be between 8000 and 48000.")
    }
    if resampler == .decoder, !RenderOptions.decoderRates.contains(rate) {
      throw ValidationError(
        "The decoder makes 8000, 12000, 16000, 24000 or 48000 samples a second.")
    }
    var options = RenderOptions()
    options.sampleRate = rate
    options.format = format
    options.resampler = resampler
    options.speakers = try speakerIDs()
    options.from = from
    options.to = to
    options.mix = mix
    options.digest = digest
    options.loudness = loudness
    return options
  }

  private func speakerIDs() throws -> Set<String>? {
    guard !speakers.isEmpty else { return nil }
    var ids: Set<String> = []
    for id in speakers.joined(separator: ",").split(
      separator: ",", omittingEmptySubsequences: false)
    {
      let digits = id.hasPrefix("ssrc-") ? id.dropFirst(5) : id
      guard (1...20).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
        throw ValidationError("'\(id)' is no user's id and no ssrc-<n>.")
      }
      ids.insert(String(id))
    }
    return ids
  }
}

internal import Audio
internal import DiscordVoice
public import SystemPackage

extension VoiceClient {
  /// Speaks a sound file in real time; returns when all was sent.
  ///
  /// What is spoken already comes first. When the task is cancelled, the bot falls silent.
  ///
  /// - Parameter path: WAV, FLAC, Ogg or another file that libsndfile reads, of any rate; more than one
  ///   channel is mixed down.
  /// - Throws: ``VoiceClientError`` with code `unreadableSound`, or `notConnected` if nothing of it
  ///   could be sent; `CancellationError`.
  public func speak(file path: FilePath) async throws {
    try await speak { () throws(AudioError) in
      try SpeechSource(file: path, bitrate: configuration.bitrate)
    }
  }

  /// Speaks samples in real time; returns when all was sent.
  ///
  /// - Parameters:
  ///   - samples: One channel, full scale is -1 to 1.
  ///   - sampleRate: Of the samples, in Hz.
  /// - Throws: As ``speak(file:)``.
  public func speak(samples: [Float], sampleRate: Int = 48_000) async throws {
    try await speak { () throws(AudioError) in
      try SpeechSource(samples: samples, rate: sampleRate, bitrate: configuration.bitrate)
    }
  }

  private func speak(_ make: () throws(AudioError) -> SpeechSource) async throws {
    do {
      let source = try make()
      let outcome = try await speaker.speak(source)
      // Alone in a call there is no key, and nobody to hear it.
      guard outcome.sent > 0 || session.connection != nil else {
        throw VoiceClientError(
          .notConnected, "Nothing was spoken: there is no voice connection at the moment.")
      }
    } catch let error as AudioError {
      throw VoiceClientError(.unreadableSound, "This cannot be spoken: \(error).")
    }
  }
}

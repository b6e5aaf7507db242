internal import Bot
internal import CaptureLog
internal import DiscordREST
internal import Foundation
internal import Recorder
internal import Render
internal import SystemPackage
internal import VoiceAudio

/// Our recorder among the peers: `PeerBot record CHANNEL FOLDER` says `recording`, goes on until its
/// input ends or says something, and prints where the tracks are.
enum PeerRecorder {
  static func run(_ bot: Bot, channel: ID<Channel>, folder: FilePath) async throws {
    let key = try OperatorKey.generate()
    try await bot.start()
    let voice = try await bot.joinVoice(channel)
    let recording = try await voice.startRecording(
      to: folder.appending("captures"), recipients: [key.publicKey], notice: nil
    ) { $0.lockFolder = folder }
    // Not by `print`, which keeps it until the end when nobody sits there.
    FileHandle.standardOutput.write(Data("recording\n".utf8))
    await Task.detached { _ = readLine() }.value

    var options = RenderOptions()
    // What is measured is the speech, not a resampler.
    options.sampleRate = 48_000
    let tracks = try await recording.stop(
      render: folder.appending("tracks"), keys: [key], options: options)
    try await bot.stop()
    let files = tracks.map { (String(describing: $0), $1.string) }
    let folder = tracks.values.first?.removingLastComponent() ?? folder
    let answer: [String: Any] = [
      "tracks": Dictionary(uniqueKeysWithValues: files),
      "manifest": folder.appending(Manifest.fileName).string,
      "capture": recording.capture.string,
    ]
    print(String(decoding: try JSONSerialization.data(withJSONObject: answer), as: UTF8.self))
  }
}

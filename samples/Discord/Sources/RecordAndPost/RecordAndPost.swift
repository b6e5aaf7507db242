// Records a voice channel for some seconds and posts a track of each speaker in its chat.
//
//     DISCORD_BOT_TOKEN=… swift run RecordAndPost CHANNEL_ID SECONDS
//
// The recording is sealed to your operator key: make one first with `tapedeck keys new`.
import Bot
import DiscordREST
import Foundation
import VoiceAudio

@main enum RecordAndPost {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let channel = ID<Channel>(arguments[1]),
      let seconds = Int(arguments[2])
    else {
      print("usage: RecordAndPost CHANNEL_ID SECONDS")
      exit(64)
    }
    let environment = ProcessInfo.processInfo.environment
    var configuration = DiscordClient.Configuration()
    // The simulator, for instance.
    if let base = environment["DISCORD_API_BASE"] { configuration.baseURL = base }
    let client = DiscordClient(
      credential: try .load(environment: environment), configuration: configuration)

    let bot = Bot(client: client, intents: .recording)
    try await bot.start()
    let voice = try await bot.joinVoice(channel)
    let recording = try await voice.startRecording(to: "captures")
    try await Task.sleep(for: .seconds(seconds))
    let tracks = try await recording.stop(render: "tracks")
    try await bot.stop()

    let files = tracks.values.prefix(10).map { FileUpload(path: $0.string) }
    try await client.send("\(tracks.count) speakers", to: channel, files: files)
  }
}

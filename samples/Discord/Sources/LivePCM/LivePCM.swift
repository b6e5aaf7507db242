// Listens to a voice channel and prints how loud each speaker is, every second, until the bot is thrown
// out. Where it prints, a program of yours would feed a speech recogniser.
//
//     DISCORD_BOT_TOKEN=… swift run LivePCM CHANNEL_ID
import Bot
import DiscordREST
import Foundation
import VoiceAudio

@main enum LivePCM {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 2, let channel = ID<Channel>(arguments[1]) else {
      print("usage: LivePCM CHANNEL_ID")
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

    var heard: [ID<User>: [Float]] = [:]
    // 16 kHz mono, 20 ms a block; ends with the stay.
    for await block in voice.pcm(.speech) {
      heard[block.user, default: []].append(block.level)
      guard let levels = heard[block.user], levels.count >= 50 else { continue }
      print(block.user, Int(levels.max() ?? -120), "dB")
      heard[block.user] = nil
    }
    try await bot.stop()
  }
}

import Bot
import DiscordREST
import SystemPackage
import VoiceAudio

// The code of VoiceAudio's articles.

func record(_ bot: Bot, _ channel: Channel) async throws {
  let voice = try await bot.joinVoice(channel)
  let recording = try await voice.startRecording(to: "captures")
  try await Task.sleep(for: .seconds(3_600))
  let tracks = try await recording.stop(render: "tracks")
  for (user, track) in tracks { print(user, track) }
}

func listen(_ voice: VoiceClient) async {
  // 16 kHz mono, as speech recognisers take it.
  for await block in voice.pcm(.speech) {
    print(block.user, block.level, block.isConcealed ? "made up" : "")
  }
}

func answer(_ voice: VoiceClient) async throws {
  try await voice.speak(file: "hello.flac")
  try await voice.speak(samples: [Float](repeating: 0, count: 16_000), sampleRate: 16_000)
}

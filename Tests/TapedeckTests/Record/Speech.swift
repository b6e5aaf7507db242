internal import DiscordSimulator
internal import Foundation

/// Something like speech: a buzz whose pitch and loudness move, so that codecs keep it.
enum Speech {
  static func clip(seconds: Double = 2, pitch: Double = 140) throws -> VoiceClip {
    var samples: [Float] = []
    var phase = 0.0
    for index in 0..<Int(seconds * 48_000) {
      let time = Double(index) / 48_000
      phase += pitch * (1 + 0.1 * sin(2 * .pi * 3 * time)) / 48_000
      var sample = 0.0
      for harmonic in 1...12 {
        sample += sin(2 * .pi * phase * Double(harmonic)) / Double(harmonic)
      }
      samples.append(Float(0.15 * sample * (0.6 + 0.4 * sin(2 * .pi * 4 * time))))
    }
    return try VoiceClip(samples: samples)
  }
}

extension SimulatedDiscord {
  /// Has people talk in the voice channel, again and again, until the simulator stops.
  func talk(_ users: [World.ID]) throws {
    for (index, user) in users.enumerated() {
      let clip = try Speech.clip(pitch: 120 + 60 * Double(index))
      simulator.speak(
        user, in: ids.voice, VoiceScript([clip], pause: .milliseconds(300), repetitions: nil))
    }
  }

  /// Waits until so many packets of speech were sent to the bot.
  func waitForSpeech(_ packets: Int, _ running: Tool.Running) async throws {
    let start = simulator.voiceStatistics.forwarded
    while simulator.voiceStatistics.forwarded - start < packets, running.process.isRunning {
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Waits until the recorder is in the end-to-end encrypted group: what is said from then on opens.
  func waitForKeys(_ running: Tool.Running) async throws {
    try await wait(running) {
      captures.contains { capture in
        let keys = try? sandbox.read("data/tapedeck/captures/\(capture)/keys.jsonl")
        return keys?.contains("\"sender\"") == true
      }
    }
  }

  /// Waits for something in the sandbox or the simulator, as long as the program runs.
  func wait(_ running: Tool.Running, until condition: () throws -> Bool) async throws {
    while running.process.isRunning, try !condition() {
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Makes the operator key that captures are sealed to.
  func makeKey() throws {
    let made = try Tool.run(["keys", "new"], keys: sandbox("keys"))
    precondition(made.status == 0, made.errors)
  }

  /// The captures that `record` has left, in the folder that it takes by itself.
  var captures: [String] { sandbox.names("data/tapedeck/captures") }
}

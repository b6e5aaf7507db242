internal import DiscordVoice
internal import Glibc

/// Loads the way of a datagram from the socket to the disk; prints one JSON object.
///
///     RecordLoad send CHANNELS SPEAKERS SECONDS    a voice server; prints its ports, sends on hello
///     RecordLoad receive FOLDER SECONDS PORT…      the recorder's receive path; what it cost
///     RecordLoad flood COUNT                       speech in a flood of rubbish, forgeries, replays
@main
enum RecordLoad {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.compactMap { Int($0) }
    switch arguments.first {
    case "send" where numbers.count == 3:
      try LoadSender.run(channels: numbers[0], speakers: numbers[1], seconds: numbers[2])
    case "receive" where numbers.count >= 2:
      let folder = arguments.dropFirst().first ?? ""
      let ports = numbers.dropFirst().compactMap { UInt16(exactly: $0) }
      report(try LoadReceiver.run(folder: folder, seconds: numbers[0], ports: ports))
    case "flood" where numbers.count == 1:
      report(try Flood(count: numbers[0]).run().figures)
    default:
      print(
        "usage: RecordLoad send CHANNELS SPEAKERS SECONDS | receive FOLDER SECONDS PORT... | flood COUNT"
      )
      exit(64)
    }
  }

  private static func report(_ figures: [String: Double]) {
    let fields = figures.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    print("{\(fields.joined(separator: ", "))}")
  }
}

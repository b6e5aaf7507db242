internal import DiscordVoice
internal import Glibc
internal import SystemPackage

/// Loads the way of a datagram from the socket to the disk; prints one JSON object.
///
///     RecordLoad send CHANNELS SPEAKERS SECONDS    a voice server; prints its ports, sends on hello
///     RecordLoad receive FOLDER SECONDS PORT…      the recorder's receive path; what it cost
///     RecordLoad serve CHANNELS SPEAKERS SECONDS talk|meet
///                                                  a Discord with calls; prints where it is
///     RecordLoad record FOLDER SECONDS API TOKEN GUILD:CHANNEL...
///                                                  the whole recorder in these calls
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
    case "serve" where numbers.count == 3:
      guard let programme = arguments.last.flatMap(CallServer.Programme.init) else { usage() }
      try await CallServer(
        channels: numbers[0], speakers: numbers[1], seconds: numbers[2], programme: programme
      ).run()
    case "record" where arguments.count >= 6:
      let words = Array(arguments)
      let places = words[5...].map { $0.split(separator: ":").compactMap { UInt64($0) } }
      guard let seconds = Int(words[2]), places.allSatisfy({ $0.count == 2 }) else { usage() }
      try await CallRecorder(
        folder: FilePath(words[1]), seconds: seconds, api: words[3], token: words[4],
        places: places.map { ($0[0], $0[1]) }
      ).run()
    case "flood" where numbers.count == 1:
      report(try Flood(count: numbers[0]).run().figures)
    default: usage()
    }
  }

  private static func usage() -> Never {
    print("usage: RecordLoad serve|record|send|receive|flood ARGUMENTS, see RecordLoad.swift")
    exit(64)
  }

  static func report(_ figures: [String: Double]) {
    let fields = figures.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
    print("{\(fields.joined(separator: ", "))}")
    fflush(nil)
  }
}

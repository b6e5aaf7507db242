// swift-tools-version: 6.2
import PackageDescription

// In a package of your own, name this repository by its address and a version instead of a path.
let package = Package(
  name: "samples",
  dependencies: [
    .package(name: "tapedeck", path: "../.."),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .executableTarget(
      name: "EchoBot",
      dependencies: [
        .product(name: "Bot", package: "tapedeck"),
        .product(name: "DiscordREST", package: "tapedeck"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "SearchArchive",
      dependencies: [.product(name: "DiscordREST", package: "tapedeck")]),
    .executableTarget(
      name: "RecordAndPost",
      dependencies: [
        .product(name: "Bot", package: "tapedeck"),
        .product(name: "DiscordREST", package: "tapedeck"),
        .product(name: "VoiceAudio", package: "tapedeck"),
      ]),
    .executableTarget(
      name: "LivePCM",
      dependencies: [
        .product(name: "Bot", package: "tapedeck"),
        .product(name: "DiscordREST", package: "tapedeck"),
        .product(name: "VoiceAudio", package: "tapedeck"),
      ]),
  ]
)

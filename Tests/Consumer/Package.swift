// swift-tools-version: 6.2
import PackageDescription

// A package of somebody else: each target imports one product, and of ours else only what its
// documentation names. What it uses has to be public, and has to come with the imports that the
// product's documentation names.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func consumer(_ product: String, _ more: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: "Uses\(product)",
    dependencies: [.product(name: product, package: "tapedeck")] + more, swiftSettings: settings)
}

let package = Package(
  name: "consumer",
  dependencies: [
    .package(name: "tapedeck", path: "../.."),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    consumer("DiscordREST"),
    consumer("DiscordGateway"),
    consumer(
      "Bot",
      [
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    consumer(
      "VoiceAudio",
      [
        .product(name: "Bot", package: "tapedeck"),
        .product(name: "DiscordREST", package: "tapedeck"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    consumer("CaptureLog", [.product(name: "SystemPackage", package: "swift-system")]),
    consumer("Render", [.product(name: "SystemPackage", package: "swift-system")]),
  ]
)

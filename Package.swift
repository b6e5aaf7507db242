// swift-tools-version: 6.2
import PackageDescription

/// `Tests/run` sets it: warnings of our targets are errors. Not on by default, so that a later
/// compiler with new warnings still builds the package, also as a dependency.
let strict = Context.environment["TAPEDECK_STRICT"] == "1"

let swiftSettings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

let products: [Product] = [
  .library(name: "CaptureLog", targets: ["CaptureLog"]),
  .library(name: "Render", targets: ["Render", "JSONValues"]),
  .library(name: "Exports", targets: ["Exports", "Render", "JSONValues"]),
  .library(name: "DiscordREST", targets: ["DiscordREST", "JSONValues"]),
  .library(name: "DiscordGateway", targets: ["DiscordGateway"]),
  .library(name: "DiscordVoice", targets: ["DiscordVoice"]),
  .library(name: "VoiceAudio", targets: ["VoiceAudio"]),
  .library(name: "Bot", targets: ["Bot"]),
  .executable(name: "tapedeck", targets: ["tapedeck"]),
]

let dependencies: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
]

/// A C library of the system: found by pkg-config, installed by apt.
func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let asyncHTTPClient = Target.Dependency.product(
  name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioConcurrencyHelpers = Target.Dependency.product(
  name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioFoundationCompat = Target.Dependency.product(
  name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")

var targets: [Target] = [
  // Each C library is imported by exactly one Swift target, which wraps its handles.
  cLibrary("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
  cLibrary("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
  cLibrary("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
  cLibrary("COpus", pkgConfig: "opus", apt: "libopus-dev"),
  cLibrary("CSndfile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
  cLibrary("CSoxr", pkgConfig: "soxr", apt: "libsoxr-dev"),
  cLibrary("CSamplerate", pkgConfig: "samplerate", apt: "libsamplerate0-dev"),
  cLibrary("CEbur128", pkgConfig: "libebur128", apt: "libebur128-dev"),

  // Calls of Linux that glibc hides from Swift.
  .systemLibrary(name: "CLinux"),
  // Control messages of datagrams are macros, which Swift cannot import.
  .target(name: "CSockets"),

  library("JSONValues"),
  library("Threads"),
  library("RTP"),
  library("VoiceCrypto", ["CSodium", "CCrypto"]),
  library("DAVEFrames", ["VoiceCrypto"]),
  library("MLS", [crypto]),
  library("DAVE", ["MLS", "VoiceCrypto"]),
  library("CaptureLog", ["CISAL", "Threads", "VoiceCrypto", systemPackage]),
  library("Audio", ["COpus", "CSndfile", "CSoxr", "CSamplerate", "CEbur128", systemPackage]),
  library(
    "Render",
    [
      "Audio", "CLinux", "CaptureLog", "DAVEFrames", "JSONValues", "RTP", "Threads", "VoiceCrypto",
      systemPackage,
    ]),
  library("Exports", ["JSONValues", "Render", "VoiceCrypto", systemPackage]),
  library("CaptureImport", ["Audio", "CaptureLog", "RTP", systemPackage]),
  library(
    "CaptureSynthesis",
    ["Audio", "CaptureLog", "DAVE", "DAVEFrames", "RTP", "VoiceCrypto", systemPackage]),

  // Discord. Who wants only these needs none of the C libraries.
  library("WebSocket", [logging, nioCore, nioHTTP1, nioPosix, nioSSL, nioWebSocket]),
  library(
    "DiscordREST",
    [
      "JSONValues", asyncHTTPClient, logging, nioCore, nioFoundationCompat, nioHTTP1, nioPosix,
      nioSSL,
    ]),
  library(
    "DiscordGateway",
    [
      "DiscordREST", "JSONValues", "WebSocket", logging, nioCore, nioPosix, nioSSL,
      serviceLifecycle,
    ]),
  library(
    "DiscordVoice",
    [
      "CSockets", "DAVE", "DAVEFrames", "DiscordGateway", "DiscordREST", "JSONValues", "RTP",
      "Threads", "VoiceCrypto", "WebSocket", logging, nioCore, nioPosix, systemPackage,
    ]),
  library(
    "Recorder",
    [
      "CaptureLog", "DAVE", "DAVEFrames", "DiscordGateway", "DiscordREST", "DiscordVoice",
      "JSONValues", "RTP", "Threads", "VoiceCrypto", "WebSocket", asyncHTTPClient, logging, nioCore,
      nioHTTP1, systemPackage,
    ]),
  library(
    "VoiceAudio",
    [
      "Audio", "Bot", "CaptureLog", "DAVE", "DAVEFrames", "DiscordGateway", "DiscordREST",
      "DiscordVoice", "JSONValues", "Recorder", "Render", "RTP", "Threads", "VoiceCrypto",
      logging, systemPackage,
    ]),
  library("Bot", ["DiscordGateway", "DiscordREST", "JSONValues", logging, serviceLifecycle]),
  library(
    "DiscordSimulator",
    [
      "Audio", "CaptureSynthesis", "DAVE", "DAVEFrames", "DiscordREST", "DiscordVoice",
      "JSONValues", "RTP", "VoiceCrypto", "WebSocket", logging, nioConcurrencyHelpers, nioCore,
      nioHTTP1, nioPosix, nioSSL, nioWebSocket, serviceLifecycle, systemPackage,
    ]),
  .executableTarget(
    name: "tapedeck",
    dependencies: [
      "Audio", "Bot", "CLinux", "CaptureImport", "CaptureLog", "CaptureSynthesis", "DiscordGateway",
      "DiscordREST", "DiscordSimulator", "DiscordVoice", "Exports", "JSONValues", "Recorder",
      "Render",
      "RTP", "Threads", "VoiceCrypto", "WebSocket", argumentParser, asyncHTTPClient, logging,
      nioCore,
      nioPosix,
      nioSSL, serviceLifecycle,
      systemPackage,
    ],
    swiftSettings: swiftSettings),

  // Our bot in the tests with other people's Discord libraries.
  .executableTarget(
    name: "PeerBot",
    dependencies: [
      "Bot", "DiscordGateway", "DiscordREST", logging, serviceLifecycle, unixSignals,
    ],
    path: "Tests/Peers/PeerBot", swiftSettings: swiftSettings),

  // Our side of a DAVE group with other implementations.
  .executableTarget(
    name: "DAVEPeer", dependencies: ["DAVE", "DAVEFrames", "VoiceCrypto"],
    path: "Tests/Peers/DAVEPeer", swiftSettings: swiftSettings),

  // What groups cost; Tests/Benchmarks/run starts it.
  .executableTarget(
    name: "DAVEGroups", dependencies: ["DAVE", "MLS"], path: "Tests/Benchmarks/DAVEGroups",
    swiftSettings: swiftSettings),
  // What opening a frame allocates; Tests/Benchmarks/run counts it.
  .executableTarget(
    name: "FrameAllocations", dependencies: ["DAVEFrames"],
    path: "Tests/Benchmarks/FrameAllocations", swiftSettings: swiftSettings),

  // What recording costs, and what a flood does to it; Tests/Benchmarks/run starts it.
  .executableTarget(
    name: "RecordLoad",
    dependencies: [
      "CaptureLog", "CaptureSynthesis", "DAVE", "DAVEFrames", "DiscordGateway", "DiscordREST",
      "DiscordSimulator", "DiscordVoice", "RTP", "Recorder", "Render", "TestSupport",
      "VoiceCrypto", logging, systemPackage,
    ],
    path: "Tests/Benchmarks/RecordLoad", swiftSettings: swiftSettings),

  // Recordings that meet every fault; Tests/run faults starts it.
  .executableTarget(
    name: "FaultMatrix",
    dependencies: [
      "CaptureLog", "CaptureSynthesis", "DiscordGateway", "DiscordREST", "DiscordSimulator",
      "JSONValues", "Recorder", "Render", "TestSupport", "Threads", argumentParser, logging,
      systemPackage,
    ],
    path: "Tests/Campaigns/FaultMatrix", swiftSettings: swiftSettings),

  // What several test targets need.
  .target(
    name: "TestSupport", dependencies: [logging, systemPackage], path: "Tests/TestSupport",
    swiftSettings: swiftSettings),

  // The same for those that talk to the simulator.
  .target(
    name: "SimulatorTestSupport", dependencies: ["DiscordREST", "DiscordSimulator"],
    path: "Tests/SimulatorTestSupport", swiftSettings: swiftSettings),

  tests("TestSupportTests", ["TestSupport", logging, systemPackage]),
  tests("RTPTests", ["RTP", "TestSupport"]),
  tests("VoiceCryptoTests", ["TestSupport", "VoiceCrypto"]),
  tests("MLSTests", ["MLS", "TestSupport"]),
  tests("DAVETests", ["DAVE", "DAVEFrames", "MLS", "TestSupport", "VoiceCrypto"]),
  tests("DAVEFramesTests", ["DAVEFrames", "TestSupport", "VoiceCrypto"]),
  tests(
    "CaptureLogTests", ["CaptureLog", "TestSupport", "Threads", "VoiceCrypto", systemPackage]),
  tests("AudioTests", ["Audio", "TestSupport", systemPackage]),
  tests(
    "RenderTests",
    [
      "Audio", "CaptureLog", "CaptureSynthesis", "DAVEFrames", "JSONValues", "Render", "RTP",
      "TestSupport", "VoiceCrypto", systemPackage,
    ]),
  tests(
    "ExportsTests",
    ["Exports", "JSONValues", "Render", "TestSupport", "VoiceCrypto", systemPackage]),
  tests(
    "CaptureImportTests",
    ["CaptureImport", "CaptureLog", "RTP", "Render", "TestSupport", systemPackage]),
  tests(
    "CaptureSynthesisTests",
    [
      "Audio", "CaptureLog", "CaptureSynthesis", "DAVEFrames", "RTP", "TestSupport", "VoiceCrypto",
      systemPackage,
    ]),
  tests("JSONValuesTests", ["JSONValues", "TestSupport"]),
  tests(
    "WebSocketTests",
    [
      "TestSupport", "WebSocket", logging, nioCore, nioEmbedded, nioHTTP1, nioPosix, nioSSL,
      nioWebSocket, systemPackage,
    ]),
  tests(
    "DiscordRESTTests",
    [
      "DiscordREST", "DiscordSimulator", "JSONValues", "TestSupport", asyncHTTPClient, logging,
      nioCore, nioHTTP1, nioPosix, systemPackage,
    ]),
  tests(
    "DiscordGatewayTests",
    [
      "DiscordGateway", "DiscordREST", "DiscordSimulator", "JSONValues", "TestSupport", "WebSocket",
      logging, nioCore, nioPosix, serviceLifecycle,
    ]),
  tests(
    "DiscordSimulatorTests",
    [
      "Audio", "CaptureSynthesis", "DAVE", "DAVEFrames", "DiscordREST", "DiscordSimulator",
      "DiscordVoice", "JSONValues", "RTP", "SimulatorTestSupport", "TestSupport", "VoiceCrypto",
      "WebSocket", asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix,
    ]),
  tests(
    "DiscordVoiceTests",
    [
      "DAVE", "DAVEFrames", "DiscordGateway", "DiscordREST", "DiscordSimulator", "DiscordVoice",
      "JSONValues", "RTP", "SimulatorTestSupport", "TestSupport", "VoiceCrypto", "WebSocket",
      logging, nioCore, nioPosix, systemPackage,
    ]),
  tests(
    "RecorderTests",
    [
      "Audio", "CaptureLog", "CaptureSynthesis", "DAVE", "DAVEFrames", "DiscordGateway",
      "DiscordREST", "DiscordSimulator", "DiscordVoice", "JSONValues", "RecordLoad", "Recorder",
      "Render", "RTP",
      "TestSupport", "VoiceCrypto", asyncHTTPClient, logging, nioCore, nioHTTP1, systemPackage,
    ]),
  tests(
    "VoiceAudioTests",
    [
      "Audio", "Bot", "CaptureLog", "CaptureSynthesis", "DAVE", "DAVEFrames", "DiscordGateway",
      "DiscordREST", "DiscordSimulator", "DiscordVoice", "JSONValues", "Recorder", "Render", "RTP",
      "SimulatorTestSupport", "TestSupport", "VoiceAudio", "VoiceCrypto", logging, systemPackage,
    ]),
  tests(
    "BotTests",
    [
      "Bot", "DiscordGateway", "DiscordREST", "DiscordSimulator", "JSONValues", "TestSupport",
      "VoiceAudio", logging, nioCore, serviceLifecycle,
    ]),
  tests(
    "TapedeckTests",
    [
      "tapedeck", "CaptureLog", "DiscordGateway", "DiscordREST", "DiscordSimulator",
      "DiscordVoice", "JSONValues", "Recorder", "Render", "TestSupport", "VoiceCrypto", "WebSocket",
      systemPackage,
    ]),
]

/// `Tests/Fuzz/run` sets it: these programs link only with libFuzzer.
if Context.environment["TAPEDECK_FUZZ"] == "1" {
  targets += [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .target(
      name: "Fuzzing", dependencies: ["CFuzzer"], path: "Tests/Fuzz/Fuzzing",
      swiftSettings: swiftSettings),
  ]
  targets += ["Segment", "RTP", "KeyLog", "Recording", "Session", "DAVEFrame"].map { name in
    .executableTarget(
      name: "Fuzz\(name)",
      dependencies: [
        "Audio", "CaptureImport", "CaptureLog", "DAVEFrames", "Fuzzing", "RTP", "VoiceCrypto",
        systemPackage,
      ],
      path: "Tests/Fuzz/\(name)", swiftSettings: swiftSettings)
  }
  targets.append(
    .executableTarget(
      name: "FuzzWebSocketFrame", dependencies: ["Fuzzing", "WebSocket", nioCore, nioEmbedded],
      path: "Tests/Fuzz/WebSocketFrame", swiftSettings: swiftSettings))
  targets.append(
    .executableTarget(
      name: "FuzzDAVECodec", dependencies: ["Fuzzing", "MLS"],
      path: "Tests/Fuzz/DAVECodec", swiftSettings: swiftSettings))
  // The same program twice: with signatures and tags, and with all taken for good, since nothing
  // altered comes to what lies behind them otherwise. Only then is the condition defined.
  let isStubbed = Context.environment["TAPEDECK_FUZZ_STUB"] == "1"
  targets.append(
    .executableTarget(
      name: isStubbed ? "FuzzDAVESessionUnsigned" : "FuzzDAVESession",
      dependencies: ["DAVE", "Fuzzing", "MLS"], path: "Tests/Fuzz/DAVESession",
      swiftSettings: swiftSettings + (isStubbed ? [.define("TAPEDECK_FUZZ_STUB")] : [])))
  for target in targets where isStubbed && target.name == "MLS" {
    target.swiftSettings = (target.swiftSettings ?? []) + [.define("TAPEDECK_FUZZ_STUB")]
  }
  targets.append(
    .executableTarget(
      name: "FuzzGatewayJSON",
      dependencies: ["DiscordGateway", "DiscordREST", "Fuzzing", "JSONValues"],
      path: "Tests/Fuzz/GatewayJSON", swiftSettings: swiftSettings))
  targets.append(
    .executableTarget(
      name: "FuzzRESTBody", dependencies: ["DiscordREST", "Fuzzing", "JSONValues"],
      path: "Tests/Fuzz/RESTBody", swiftSettings: swiftSettings))
}

/// `Tests/run` sets it: the samples, which are a package of their own for their readers, compiled
/// with what is built already.
if Context.environment["TAPEDECK_SAMPLES"] == "1" {
  targets += [
    .executableTarget(
      name: "EchoBot",
      dependencies: [
        "Bot", "DiscordGateway", "DiscordREST", logging, serviceLifecycle, unixSignals,
      ],
      path: "samples/Discord/Sources/EchoBot"),
    .executableTarget(
      name: "SearchArchive", dependencies: ["DiscordREST", "JSONValues"],
      path: "samples/Discord/Sources/SearchArchive"),
    .executableTarget(
      name: "RecordAndPost", dependencies: ["Bot", "DiscordREST", "VoiceAudio"],
      path: "samples/Discord/Sources/RecordAndPost"),
    .executableTarget(
      name: "LivePCM", dependencies: ["Bot", "DiscordREST", "VoiceAudio"],
      path: "samples/Discord/Sources/LivePCM"),
  ]
}

/// `Tests/run docs` sets it: the plugin that builds the documentation.
let documentation: [Package.Dependency] =
  Context.environment["TAPEDECK_DOCS"] == "1"
  ? [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")] : []

let package = Package(
  name: "tapedeck",
  products: products,
  dependencies: dependencies + documentation,
  targets: targets
)

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
  .library(name: "Render", targets: ["Render"]),
  .executable(name: "tapedeck", targets: ["tapedeck"]),
]

let dependencies: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
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

  library("RTP"),
  library("VoiceCrypto", ["CSodium", "CCrypto"]),
  library("DAVEFrames", ["VoiceCrypto"]),
  library("CaptureLog", ["CISAL", "VoiceCrypto", systemPackage]),
  library("Audio", ["COpus", "CSndfile", "CSoxr", "CSamplerate", "CEbur128", systemPackage]),
  library(
    "Render", ["Audio", "CLinux", "CaptureLog", "DAVEFrames", "RTP", "VoiceCrypto", systemPackage]),
  library("CaptureImport", ["Audio", "CaptureLog", "RTP", systemPackage]),
  library(
    "CaptureSynthesis", ["Audio", "CaptureLog", "RTP", "VoiceCrypto", systemPackage]),
  .executableTarget(
    name: "tapedeck",
    dependencies: [
      "Audio", "CaptureImport", "CaptureLog", "CaptureSynthesis", "Render", "RTP", "VoiceCrypto",
      argumentParser, systemPackage,
    ],
    swiftSettings: swiftSettings),

  tests("RTPTests", ["RTP"]),
  tests("VoiceCryptoTests", ["VoiceCrypto"]),
  tests("DAVEFramesTests", ["DAVEFrames", "VoiceCrypto"]),
  tests("CaptureLogTests", ["CaptureLog", "VoiceCrypto", systemPackage]),
  tests("AudioTests", ["Audio", systemPackage]),
  tests(
    "RenderTests",
    [
      "Audio", "CaptureLog", "CaptureSynthesis", "DAVEFrames", "Render", "RTP", "VoiceCrypto",
      systemPackage,
    ]),
  tests("CaptureImportTests", ["CaptureImport", "CaptureLog", "RTP", "Render", systemPackage]),
  tests(
    "CaptureSynthesisTests",
    ["Audio", "CaptureLog", "CaptureSynthesis", "RTP", "VoiceCrypto", systemPackage]),
  tests("TapedeckTests", ["tapedeck", "CaptureLog", "Render", "VoiceCrypto", systemPackage]),
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
}

let package = Package(
  name: "tapedeck",
  products: products,
  dependencies: dependencies,
  targets: targets
)

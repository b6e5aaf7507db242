internal import FoundationEssentials
internal import Logging
internal import SystemPackage
internal import TestSupport
internal import Testing

@Suite("Test support")
struct SupportTests {
  @Test("A temporary folder is gone with its owner")
  func folder() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let path = try #require(folder?.path)
    try folder?.makeFolder("sub")
    try folder?.write("text", to: "sub/file", permissions: [.ownerRead, .groupRead])
    #expect(try folder?.names() == ["sub"])
    #expect(try folder?.names(in: "sub") == ["file"])
    #expect(try folder?.text("sub/file") == "text")
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: path.string))
  }

  @Test("The recording logger keeps messages and metadata")
  func logger() {
    var (logger, log) = RecordingLogHandler.makeLogger()
    logger[metadataKey: "shard"] = "1"
    logger.warning("closed", metadata: ["code": "4000"])
    #expect(log.text == "warning closed code=4000 shard=1")
    #expect(log.contains("4000", atLeast: .warning))
    #expect(!log.contains("4000", atLeast: .error))
  }

  @Test("Bytes of hexadecimal digits")
  func hexadecimal() {
    #expect(hex("00 fF:7a") == [0, 255, 0x7A])
  }
}

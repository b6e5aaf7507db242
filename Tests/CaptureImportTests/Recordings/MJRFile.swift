/// A Janus recording in the making.
struct MJRFile {
  enum Version { case word, json1, json2 }

  private(set) var bytes: [UInt8]
  private let version: Version

  init(
    _ version: Version, header: String? = nil
  ) {
    self.version = version
    let text: String
    switch version {
    case .word:
      bytes = Array("MEETECHO".utf8)
      text = header ?? "audio"
    case .json1, .json2:
      bytes = Array((version == .json1 ? "MJR00001" : "MJR00002").utf8)
      text = header ?? #"{"t":"a","c":"opus","s":1600000000000000,"u":1600000001000000}"#
    }
    bytes.append16(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ packet: [UInt8], at milliseconds: Int = 0) {
    if version == .json2 {
      bytes.append(contentsOf: "MEET".utf8)
      bytes.append32(milliseconds)
    } else {
      bytes.append(contentsOf: "MEETECHO".utf8)
    }
    bytes.append16(packet.count)
    bytes.append(contentsOf: packet)
  }
}

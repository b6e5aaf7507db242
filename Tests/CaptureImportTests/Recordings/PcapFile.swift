/// A pcap file in the making.
struct PcapFile {
  private(set) var bytes: [UInt8] = []
  private let bigEndian: Bool
  private let isModified: Bool

  init(
    magic: Int = 0xA1B2_C3D4, bigEndian: Bool = false, linkType: Int = 101,
    snapLength: Int = 262_144
  ) {
    self.bigEndian = bigEndian
    isModified = magic == 0xA1B2_CD34
    bytes.append32(magic, bigEndian: bigEndian)
    bytes.append16(2, bigEndian: bigEndian)
    bytes.append16(4, bigEndian: bigEndian)
    for value in [0, 0, snapLength, linkType] { bytes.append32(value, bigEndian: bigEndian) }
  }

  mutating func append(_ frame: [UInt8], seconds: Int, fraction: Int = 0, original: Int? = nil) {
    for value in [seconds, fraction, frame.count, original ?? frame.count] {
      bytes.append32(value, bigEndian: bigEndian)
    }
    if isModified { bytes.append(contentsOf: [UInt8](repeating: 0, count: 8)) }
    bytes.append(contentsOf: frame)
  }
}

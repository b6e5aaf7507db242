/// A pcapng file in the making.
struct PcapngFile {
  var bytes: [UInt8] = []
  private let bigEndian: Bool

  init(bigEndian: Bool = false) {
    self.bigEndian = bigEndian
    appendSection()
  }

  mutating func appendSection() {
    var body: [UInt8] = []
    body.append32(0x1A2B_3C4D, bigEndian: bigEndian)
    body.append16(1, bigEndian: bigEndian)
    body.append16(0, bigEndian: bigEndian)
    body.append32(-1, bigEndian: bigEndian)
    body.append32(-1, bigEndian: bigEndian)
    appendBlock(0x0A0D_0D0A, body)
  }

  mutating func appendInterface(
    linkType: Int = 101, snapLength: Int = 0, options: [(code: Int, value: [UInt8])] = []
  ) {
    var body: [UInt8] = []
    body.append16(linkType, bigEndian: bigEndian)
    body.append16(0, bigEndian: bigEndian)
    body.append32(snapLength, bigEndian: bigEndian)
    for option in options {
      body.append16(option.code, bigEndian: bigEndian)
      body.append16(option.value.count, bigEndian: bigEndian)
      body.append(contentsOf: option.value)
      while !body.count.isMultiple(of: 4) { body.append(0) }
    }
    if !options.isEmpty { body.append(contentsOf: [0, 0, 0, 0]) }
    appendBlock(1, body)
  }

  mutating func appendEnhanced(
    _ frame: [UInt8], ticks: UInt64, interface: Int = 0, original: Int? = nil
  ) {
    var body: [UInt8] = []
    body.append32(interface, bigEndian: bigEndian)
    appendPacket(6, body, frame, ticks: ticks, original: original)
  }

  mutating func appendObsolete(_ frame: [UInt8], ticks: UInt64, interface: Int = 0) {
    var body: [UInt8] = []
    body.append16(interface, bigEndian: bigEndian)
    body.append16(3, bigEndian: bigEndian)
    appendPacket(2, body, frame, ticks: ticks, original: nil)
  }

  mutating func appendSimple(_ frame: [UInt8], original: Int? = nil) {
    var body: [UInt8] = []
    body.append32(original ?? frame.count, bigEndian: bigEndian)
    appendBlock(3, body + frame)
  }

  mutating func appendBlock(_ type: Int, _ body: [UInt8]) {
    let padding = [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
    let length = 12 + body.count + padding.count
    bytes.append32(type, bigEndian: bigEndian)
    bytes.append32(length, bigEndian: bigEndian)
    bytes.append(contentsOf: body + padding)
    bytes.append32(length, bigEndian: bigEndian)
  }

  private mutating func appendPacket(
    _ type: Int, _ start: [UInt8], _ frame: [UInt8], ticks: UInt64, original: Int?
  ) {
    var body = start
    body.append32(Int(ticks >> 32), bigEndian: bigEndian)
    body.append32(Int(ticks & 0xFFFF_FFFF), bigEndian: bigEndian)
    body.append32(frame.count, bigEndian: bigEndian)
    body.append32(original ?? frame.count, bigEndian: bigEndian)
    appendBlock(type, body + frame)
  }
}

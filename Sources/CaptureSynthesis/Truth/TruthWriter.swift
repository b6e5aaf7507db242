internal import FoundationEssentials
internal import SystemPackage

/// Writes a truth file: header, one line a packet in the order of leaving, counts.
///
/// The lines of packets are put together by hand: a coder would cost more than the rest of a long
/// synthesis.
struct TruthWriter: ~Copyable {
  private let descriptor: FileDescriptor
  private var buffer: [UInt8]

  /// - Throws: `Errno` when the file cannot be made.
  init(creating path: FilePath, header: TruthHeader) throws {
    let line = try Self.line(header)
    let descriptor = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    self.descriptor = descriptor
    buffer = line
  }

  mutating func append(_ record: TruthRecord) throws {
    put("{\"s\":", record.speaker)
    put(",\"sp\":", record.spurt)
    put(",\"c\":", record.connection)
    put(",\"ssrc\":", record.ssrc)
    put(",\"seq\":", record.sequence)
    put(",\"ts\":", record.timestamp)
    put(",\"n\":", record.samples)
    put(",\"k\":\"", record.kind.rawValue)
    put("\",\"true\":", record.trueTime)
    put(",\"least\":", record.leastDelay)
    if let arrival = record.arrival { put(",\"at\":", arrival) }
    put(",\"fate\":\"", record.fate.rawValue)
    put("\",\"dup\":", record.duplicates)
    if let position = record.position { put(",\"pos\":", position) }
    put(",\"first\":", record.isFirstOfSpurt)
    if let epoch = record.epoch { put(",\"epoch\":", epoch) }
    buffer += "}\n".utf8
    if buffer.count >= 1 << 16 { try flush() }
  }

  /// Writes the counts as the last line.
  consuming func finish(_ counts: SynthesisCounts) throws {
    buffer += try Self.line(counts)
    try flush()
    try descriptor.close()
  }

  private static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try [UInt8](encoder.encode(value)) + "\n".utf8
  }

  private mutating func put(_ key: StaticString, _ value: some CustomStringConvertible) {
    key.withUTF8Buffer { buffer.append(contentsOf: $0) }
    buffer += value.description.utf8
  }

  private mutating func flush() throws {
    try descriptor.writeAll(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

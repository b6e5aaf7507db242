internal import Glibc
internal import Synchronization
internal import Testing
internal import Threads

@testable import tapedeck

/// Output whose reader stalls.
@Suite(.timeLimit(.minutes(1))) struct OutputQueueTests {
  /// A pipe that no program inherits which other tests start: its end must come.
  private final class Reader: Sendable {
    let input: Int32
    private let output: Int32
    private let bytes = Mutex<[UInt8]>([])

    init() throws {
      var ends: [Int32] = [-1, -1]
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
      (output, input) = (ends[0], ends[1])
    }

    deinit { close(output) }

    /// Reads from now on.
    func start() throws -> JoinableThread {
      try JoinableThread { [self] in
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
          let count = read(output, &buffer, buffer.count)
          guard count > 0 else { return }
          bytes.withLock { $0 += buffer[..<count] }
        }
      }
    }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
  }

  @Test func progressIsLeftOutAndTheRestKeepsItsOrder() throws {
    let reader = try Reader()
    let queue = try OutputQueue(reader.input)
    // More than pipe and queue take together: nobody reads.
    let progress = [UInt8](repeating: 0x2E, count: 1023) + [0x0A]
    #expect(queue.write([UInt8]("start\n".utf8), isExpendable: false))
    for _ in 0..<2000 { #expect(queue.write(progress, isExpendable: true)) }
    #expect(queue.isStalled)
    #expect(queue.write([UInt8]("alert\n".utf8), isExpendable: false))
    #expect(queue.write([UInt8]("done\n".utf8), isExpendable: false))
    #expect(!queue.finish(atMost: .milliseconds(10)))
    let reading = try reader.start()
    #expect(queue.finish(atMost: .seconds(50)))
    #expect(!queue.write([0x0A], isExpendable: false))
    close(reader.input)
    reading.join()
    let lines = reader.text.split(separator: "\n")
    #expect(lines.first == "start")
    #expect(lines.suffix(2).joined(separator: " ").suffix(20) == "alert done")
    #expect(lines.count > 3)
    #expect(lines.count * 1024 < 2 * OutputQueue.expendableLimit)
  }

  @Test func nothingGrowsWithoutBounds() throws {
    let reader = try Reader()
    let queue = try OutputQueue(reader.input)
    let line = [UInt8](repeating: 0x2E, count: 8191) + [0x0A]
    for _ in 0..<400 { #expect(queue.write(line, isExpendable: false)) }
    #expect(queue.write([UInt8]("done\n".utf8), isExpendable: false))
    let reading = try reader.start()
    #expect(queue.finish(atMost: .seconds(50)))
    close(reader.input)
    reading.join()
    let text = reader.text
    #expect(text.utf8.count < 2 * OutputQueue.limit)
    #expect(text.hasSuffix("done\n"))
  }
}

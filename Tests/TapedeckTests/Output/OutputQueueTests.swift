internal import Foundation
internal import Testing

@testable import tapedeck

/// Output whose reader stalls.
@Suite(.timeLimit(.minutes(1))) struct OutputQueueTests {
  @Test func progressIsLeftOutAndTheRestKeepsItsOrder() throws {
    let pipe = Pipe()
    let queue = try OutputQueue(pipe.fileHandleForWriting.fileDescriptor)
    // More than pipe and queue take together: nobody reads.
    let progress = [UInt8](repeating: 0x2E, count: 1023) + [0x0A]
    #expect(queue.write([UInt8]("start\n".utf8), isExpendable: false))
    for _ in 0..<2000 { #expect(queue.write(progress, isExpendable: true)) }
    #expect(queue.isStalled)
    #expect(queue.write([UInt8]("alert\n".utf8), isExpendable: false))
    #expect(queue.write([UInt8]("done\n".utf8), isExpendable: false))
    #expect(!queue.finish(atMost: .milliseconds(10)))
    let reader = Tool.PipeReader(pipe)
    #expect(queue.finish(atMost: .seconds(50)))
    #expect(!queue.write([0x0A], isExpendable: false))
    try pipe.fileHandleForWriting.close()
    let lines = reader.text().split(separator: "\n")
    #expect(lines.first == "start")
    #expect(lines.suffix(2).joined(separator: " ").suffix(20) == "alert done")
    #expect(lines.count > 3)
    #expect(lines.count * 1024 < 2 * OutputQueue.expendableLimit)
  }

  @Test func nothingGrowsWithoutBounds() throws {
    let pipe = Pipe()
    let queue = try OutputQueue(pipe.fileHandleForWriting.fileDescriptor)
    let line = [UInt8](repeating: 0x2E, count: 8191) + [0x0A]
    for _ in 0..<400 { #expect(queue.write(line, isExpendable: false)) }
    #expect(queue.write([UInt8]("done\n".utf8), isExpendable: false))
    let reader = Tool.PipeReader(pipe)
    #expect(queue.finish(atMost: .seconds(50)))
    try pipe.fileHandleForWriting.close()
    let text = reader.text()
    #expect(text.utf8.count < 2 * OutputQueue.limit)
    #expect(text.hasSuffix("done\n"))
  }
}

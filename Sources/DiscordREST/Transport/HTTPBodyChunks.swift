internal import NIOCore

/// The pieces of a body as buffers; files are opened when they are reached, once for each attempt.
struct HTTPBodyChunks: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  let pieces: [HTTPBody.Piece]

  func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces[...]) }

  struct Iterator: AsyncIteratorProtocol {
    var pieces: ArraySlice<HTTPBody.Piece>
    private var file: UploadFile?

    init(pieces: ArraySlice<HTTPBody.Piece>) { self.pieces = pieces }

    mutating func next() async throws -> ByteBuffer? {
      while true {
        if let bytes = try file?.next(64 << 10) { return ByteBuffer(bytes: bytes) }
        file = nil
        switch pieces.popFirst() {
        case nil: return nil
        case .bytes(let bytes): return ByteBuffer(bytes: bytes)
        case .file(let path, let length): file = try UploadFile(path: path, length: length)
        }
      }
    }
  }
}

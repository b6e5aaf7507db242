/// What a request sends: pieces of memory and files, one after the other.
package struct HTTPBody: Sendable {
  /// A piece.
  package enum Piece: Sendable {
    case bytes([UInt8])
    /// So many bytes from the beginning of a file.
    case file(path: String, length: Int)
  }

  package var pieces: [Piece]

  package init(_ pieces: [Piece]) { self.pieces = pieces }
  package init(_ bytes: [UInt8]) { self.init([.bytes(bytes)]) }

  /// In bytes.
  package var length: Int {
    pieces.reduce(0) { sum, piece in
      switch piece {
      case .bytes(let bytes): sum + bytes.count
      case .file(_, let length): sum + length
      }
    }
  }

  /// All of it in memory.
  ///
  /// - Throws: `HTTPTransportError` when a file cannot be read or has changed.
  package func collect() throws(HTTPTransportError) -> [UInt8] {
    var all: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): all += bytes
      case .file(let path, let length):
        all += try UploadFile.read(path: path, length: length)
      }
    }
    return all
  }
}

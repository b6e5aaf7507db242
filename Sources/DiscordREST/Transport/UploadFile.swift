/// A file of the caller that is uploaded.
enum UploadFile {
  /// Its first `length` bytes.
  static func read(path: String, length: Int) throws(HTTPTransportError) -> [UInt8] {
    throw HTTPTransportError(.fileUnreadable, "not yet written")
  }
}

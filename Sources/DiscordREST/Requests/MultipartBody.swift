internal import JSONValues

/// A body of `multipart/form-data`: the JSON as `payload_json`, then the files.
///
/// Source: Discord's API reference, "Uploading Files"; RFC 7578.
struct MultipartBody {
  let contentType: String
  let body: HTTPBody

  /// Puts the parts together; says which file is over `uploadLimit` before any of it is sent.
  init(
    json: JSONValue?, files: [FileUpload], uploadLimit: Int,
    random: inout some RandomNumberGenerator
  ) throws(DiscordError) {
    try Self.checkCount(files)
    let pieces = try files.map { file throws(DiscordError) in
      try Self.piece(file, uploadLimit: uploadLimit)
    }
    let payload = Self.payload(json, files: files).bytes
    let boundary = Self.boundary(payload: payload, pieces: pieces, random: &random)
    contentType = "multipart/form-data; boundary=" + boundary

    var head =
      Array(
        ("--\(boundary)\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n"
          + "Content-Type: application/json\r\n\r\n").utf8) + payload + [0x0D, 0x0A]
    var all: [HTTPBody.Piece] = []
    for (index, (file, piece)) in zip(files, pieces).enumerated() {
      head += Array(
        ("--\(boundary)\r\nContent-Disposition: form-data; name=\"files[\(index)]\"; "
          + "filename=\"\(Self.encoded(file.name))\"\r\n"
          + "Content-Type: \(Self.mediaType(file.contentType))\r\n\r\n").utf8)
      all += [.bytes(head), piece]
      head = [0x0D, 0x0A]
    }
    all.append(.bytes(head + Array("--\(boundary)--\r\n".utf8)))
    body = HTTPBody(all)
  }

  /// Source: Discord's documentation, "Message Resource".
  private static let maximumFiles = 10

  /// Says which file cannot be sent, before anything is.
  ///
  /// - Throws: `DiscordError` with kind `invalidArgument` for more than ten, `fileTooLarge` or
  ///   `fileUnreadable`.
  static func check(_ files: [FileUpload], uploadLimit: Int) throws(DiscordError) {
    try checkCount(files)
    for file in files { _ = try piece(file, uploadLimit: uploadLimit) }
  }

  private static func checkCount(_ files: [FileUpload]) throws(DiscordError) {
    guard files.count <= maximumFiles else {
      throw DiscordError(
        .invalidArgument, "a message takes at most \(maximumFiles) files, not \(files.count)",
        hint: "Send several messages")
    }
  }

  private static func piece(
    _ file: FileUpload, uploadLimit: Int
  ) throws(DiscordError) -> HTTPBody.Piece {
    let piece: HTTPBody.Piece
    let length: Int
    switch file.contents {
    case .bytes(let bytes): (piece, length) = (.bytes(bytes), bytes.count)
    case .file(let path):
      do {
        length = try UploadFile.length(path: path)
      } catch {
        throw DiscordError(
          .fileUnreadable, error.message, hint: "Name a regular file that can be read")
      }
      piece = .file(path: path, length: length)
    }
    guard length <= uploadLimit else {
      throw DiscordError(
        .fileTooLarge,
        "\(DisplayText.sanitized(file.name)) has \(length) bytes; the upload limit is "
          + "\(uploadLimit) bytes (\(uploadLimit >> 20) MiB)",
        hint: "Send a smaller file, or put it elsewhere and send a link")
    }
    return piece
  }

  /// Descriptions of files go into the JSON, by the file's number.
  private static func payload(_ json: JSONValue?, files: [FileUpload]) -> JSONValue {
    var payload = json ?? [:]
    guard files.contains(where: { $0.description != nil }), payload["attachments"] == nil else {
      return payload
    }
    payload["attachments"] = .array(
      files.enumerated().map { index, file in
        var entry: JSONValue = ["id": .integer(Int64(index)), "filename": .string(file.name)]
        if let description = file.description { entry["description"] = .string(description) }
        return entry
      })
    return payload
  }

  /// A line that none of the contents has.
  ///
  /// Whoever made a file did not know the 190 random bits; what is in memory is looked through as
  /// well, since it costs little.
  private static func boundary(
    payload: [UInt8], pieces: [HTTPBody.Piece], random: inout some RandomNumberGenerator
  ) -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    while true {
      let letters = (0..<32).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
      let boundary = String(decoding: Array("tapedeck-".utf8) + letters, as: UTF8.self)
      let occurs = ([.bytes(payload)] + pieces).contains { piece in
        guard case .bytes(let bytes) = piece else { return false }
        return contains(bytes, boundary)
      }
      if !occurs { return boundary }
    }
  }

  private static func contains(_ bytes: [UInt8], _ boundary: String) -> Bool {
    let wanted = Array(boundary.utf8)
    guard bytes.count >= wanted.count else { return false }
    var index = 0
    while index <= bytes.count - wanted.count {
      if bytes[index] == wanted[0], bytes[index..<(index + wanted.count)].elementsEqual(wanted) {
        return true
      }
      index += 1
    }
    return false
  }

  /// Names come without quotes and line ends; still, nothing may end the header.
  private static func encoded(_ name: String) -> String {
    var encoded = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": encoded += "%22"
      case "\r": encoded += "%0D"
      case "\n": encoded += "%0A"
      default: encoded.unicodeScalars.append(scalar)
      }
    }
    return encoded
  }

  /// The caller's media type if it can stand in a header.
  private static func mediaType(_ type: String?) -> String {
    guard let type, !type.isEmpty, type.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
      return "application/octet-stream"
    }
    return type
  }
}

internal import JSONValues

/// A body of `multipart/form-data`: `payload_json` and files.
struct MultipartBody {
  /// An uploaded file.
  struct File: Sendable {
    /// The number in `files[n]`.
    var number: Int
    var filename: String
    var contentType: String?
    var bytes: [UInt8]
  }

  private(set) var payload: JSONValue?
  private(set) var fields: [String: JSONValue] = [:]
  private(set) var files: [File] = []

  init?(contentType: String, bytes: [UInt8]) throws {
    guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty else {
      return nil
    }
    let delimiter = Array("--\(boundary)".utf8)
    guard var start = Self.find(delimiter, in: bytes, from: 0) else { return nil }
    while true {
      start += delimiter.count
      guard start + 2 <= bytes.count else { return nil }
      if bytes[start] == 45, bytes[start + 1] == 45 { return }
      guard let next = Self.delimiter(delimiter, in: bytes, from: start) else { return nil }
      try addPart(bytes[(start + 2)..<max(start + 2, next)])
      start = next + 2
    }
  }

  /// The next line that is the delimiter; a file may have one that only begins like it.
  private static func delimiter(
    _ delimiter: [UInt8], in bytes: [UInt8], from start: Int
  ) -> Int? {
    var from = start
    while let found = find(Array("\r\n".utf8) + delimiter, in: bytes, from: from) {
      let after = bytes[(found + 2 + delimiter.count)...].prefix(2)
      if after.elementsEqual([13, 10]) || after.elementsEqual([45, 45]) { return found }
      from = found + 1
    }
    return nil
  }

  private mutating func addPart(_ part: ArraySlice<UInt8>) throws {
    let all = Array(part)
    guard let end = Self.find(Array("\r\n\r\n".utf8), in: all, from: 0) else { return }
    let content = Array(all[(end + 4)...])
    var name: String?
    var filename: String?
    var contentType: String?
    for line in String(decoding: all[..<end], as: UTF8.self).split(separator: "\r\n") {
      let pair = line.split(separator: ":", maxSplits: 1)
      guard pair.count == 2 else { continue }
      let value = String(pair[1].drop { $0 == " " })
      switch pair[0].lowercased() {
      case "content-disposition":
        name = Self.parameter("name", of: value)
        filename = Self.parameter("filename", of: value)
      case "content-type": contentType = value
      default: break
      }
    }
    guard let name else { return }
    if name == "payload_json" {
      guard let json = try? JSONValue(parsing: content) else { throw APIFailure.invalidJSON }
      payload = json
    } else if let filename {
      let digits = name.filter(\.isNumber)
      files.append(
        File(
          number: Int(digits) ?? files.count, filename: filename, contentType: contentType,
          bytes: content))
    } else {
      fields[name] = .string(String(decoding: content, as: UTF8.self))
    }
  }

  /// A parameter such as `name="files[0]"`; quotes within are escaped by a backslash or `%22`.
  private static func parameter(_ name: String, of header: String) -> String? {
    var rest = Substring(header)
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...].drop { $0 == " " }
      guard rest.hasPrefix("\(name)=") else { continue }
      rest = rest.dropFirst(name.count + 1)
      guard rest.first == "\"" else { return String(rest.prefix { $0 != ";" }) }
      var value = ""
      var escaped = false
      for character in rest.dropFirst() {
        if escaped {
          value.append(character)
          escaped = false
        } else if character == "\\" {
          escaped = true
        } else if character == "\"" {
          break
        } else {
          value.append(character)
        }
      }
      return URLForm.decode(value)
    }
    return nil
  }

  /// The place of some bytes; a plain search, which uploads in tests are small enough for.
  private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard let first = needle.first, bytes.count >= needle.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      var index = start
      while index + needle.count <= bytes.count {
        if bytes[index] == first {
          var length = 1
          while length < needle.count, bytes[index + length] == needle[length] { length += 1 }
          if length == needle.count { return index }
        }
        index += 1
      }
      return nil
    }
  }
}

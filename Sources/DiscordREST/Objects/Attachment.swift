public import JSONValues

/// A file of a message.
///
/// Source: https://docs.discord.com/developers/resources/message#attachment-object
public struct Attachment: DiscordObject, DiscordReference {
  /// What Discord sent.
  public let json: JSONValue
  /// The client that received it.
  public let client: DiscordClient
  /// The attachment's id.
  public let id: ID<Attachment>
  /// The file's name, as its sender chose it: no safe file name.
  public let filename: String
  /// The size in bytes.
  public let size: Int
  /// Where the file is, for about a day.
  public let url: String

  /// Wraps an attachment object.
  ///
  /// - Throws: `DiscordError` with kind `invalidResponse` without `id`, `filename`, `size` or `url`.
  public init(json: JSONValue, client: DiscordClient) throws(DiscordError) {
    let fields = try Fields(json, of: "Attachment")
    self.json = json
    self.client = client
    id = try fields.id("id")
    filename = try fields.string("filename")
    size = try fields.integer("size")
    url = try fields.string("url")
  }

  /// The media type: what Discord says, else by the name's ending, else
  /// `application/octet-stream`.
  public var contentType: String {
    if let type = json.text("content_type"), !type.isEmpty { return type }
    let ending = filename.split(separator: ".").last?.lowercased() ?? ""
    return Self.types[ending] ?? "application/octet-stream"
  }

  /// What the file shows, for those who cannot see it.
  public var altText: String? { json.text("description") }

  /// `Attachment(filename: "notes.txt", size: 12, type: text/plain)`.
  public var description: String {
    let name = DisplayText.sanitized(filename)
    let type = DisplayText.sanitized(contentType)
    return "Attachment(filename: \"\(name)\", size: \(size), type: \(type))"
  }

  private static let types = [
    "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv",
    "html": "text/html", "json": "application/json", "xml": "application/xml",
    "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "svg": "image/svg+xml", "wav": "audio/wav", "flac": "audio/flac",
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "opus": "audio/ogg", "m4a": "audio/mp4",
    "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
  ]
}

extension Attachment: TableRow {
  /// `ID`, `Name`, `Size`, `Type`.
  public static var tableColumns: [String] { ["ID", "Name", "Size", "Type"] }
  /// The cells.
  public var tableCells: [String] { [id.description, filename, String(size), contentType] }
}

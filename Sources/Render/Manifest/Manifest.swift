public import JSONValues

/// What a render made: the contents of `manifest.json`.
///
/// All times are whole samples at ``sampleRate`` from the session's zero, ends exclusive; ids are
/// strings. Nothing in it depends on the clock, the host or the number of jobs of the render, so the
/// same capture and parameters give the same bytes. The JSON Schema is ``jsonSchema``.
///
/// ```swift
/// let manifest = try Manifest(contentsOf: "renders/20261124T090002Z-41-42")
/// for speaker in manifest.speakers {
///   print(speaker.file, speaker.segments.count, speaker.frames.lost)
/// }
/// ```
public struct Manifest: Codable, Hashable, Sendable {
  /// The schema this version writes.
  public static let currentSchema = "tapedeck.manifest/1"

  public var schema: String
  public var tool: Tool
  /// Samples a second, of the files and of every time in the manifest.
  public var sampleRate: Int
  public var capture: Capture
  public var session: Session
  /// Everybody with a track, by id.
  public var speakers: [Speaker]
  /// Ids of users who were in the call and sent no voice; they have no file.
  public var participants: [String]
  /// What happened in the session, in order.
  public var events: [Event]
  /// What the listener should know before trusting the tracks.
  public var warnings: [Warning]
  /// All tracks in one file; only with the option.
  public var mix: Mix?

  /// The program and what it was asked to do.
  public struct Tool: Codable, Hashable, Sendable {
    public var version: String
    /// Raised only when the same capture would give other bytes.
    public var renderVersion: Int
    public var parameters: RenderParameters

    private enum CodingKeys: String, CodingKey {
      case version
      case renderVersion = "render_version"
      case parameters
    }
  }

  public struct Capture: Codable, Hashable, Sendable {
    public var id: String
    /// SHA-256 over the capture's segments and sealed keys.
    public var digest: String
    /// False when the recording did not end by itself, or was still going on.
    public var complete: Bool
  }

  public struct Session: Codable, Hashable, Sendable {
    public var guildID: String
    public var guildName: String?
    public var channelID: String
    public var channelName: String?
    /// The moment of sample 0, ISO 8601 in UTC with milliseconds.
    public var start: String
    /// The same moment in nanoseconds since the Unix epoch, as a decimal string.
    public var startUnixNanoseconds: String
    /// Length of the rendered session, and of every file.
    public var samples: Int64

    private enum CodingKeys: String, CodingKey {
      case guildID = "guild_id"
      case guildName = "guild_name"
      case channelID = "channel_id"
      case channelName = "channel_name"
      case start
      case startUnixNanoseconds = "start_unix_ns"
      case samples
    }

    public func encode(to encoder: any Encoder) throws {
      // Every field is always there: `null` says "not known", a missing field would say nothing.
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(guildID, forKey: .guildID)
      try container.encode(guildName, forKey: .guildName)
      try container.encode(channelID, forKey: .channelID)
      try container.encode(channelName, forKey: .channelName)
      try container.encode(start, forKey: .start)
      try container.encode(startUnixNanoseconds, forKey: .startUnixNanoseconds)
      try container.encode(samples, forKey: .samples)
    }
  }

  /// Something that happened at a sample.
  public struct Event: Codable, Hashable, Sendable {
    public var at: Int64
    /// As in the capture: `connection`, `disconnect`, `client_connect`, `drops`, ….
    public var kind: String
    /// The event's other fields.
    public var fields: [String: JSONValue]

    public init(at: Int64, kind: String, fields: [String: JSONValue] = [:]) {
      self.at = at
      self.kind = kind
      self.fields = fields
    }

    public init(from decoder: any Decoder) throws {
      var object = try [String: JSONValue](from: decoder)
      guard case .integer(let at) = object.removeValue(forKey: "at"),
        case .string(let kind) = object.removeValue(forKey: "kind")
      else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "an event needs at and kind"))
      }
      self.init(at: at, kind: kind, fields: object)
    }

    public func encode(to encoder: any Encoder) throws {
      var object = fields
      object["at"] = .integer(at)
      object["kind"] = .string(kind)
      try object.encode(to: encoder)
    }
  }

  /// One sentence that people should read, with a code for programs.
  public struct Warning: Codable, Hashable, Sendable {
    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
      self.code = code
      self.message = message
    }
  }

  /// The sum of all tracks.
  public struct Mix: Codable, Hashable, Sendable {
    public var file: String
    public var samples: Int64
    public var sha256: String
    /// The one factor applied to all tracks so that the sum never clips; 1 where it would not have.
    public var gain: Double
  }

  private enum CodingKeys: String, CodingKey {
    case schema, tool
    case sampleRate = "sample_rate"
    case capture, session, speakers, participants, events, warnings, mix
  }
}

extension Manifest.Warning {
  /// What a warning is about.
  public enum Code: String, Codable, Hashable, Sendable, CaseIterable {
    /// The recording did not end by itself, or is still being written.
    case incompleteCapture = "incomplete_capture"
    /// Parts of the capture cannot be read.
    case damage
    /// Packets reached the recorder and are not in the capture.
    case drops
    /// Voice of somebody whose id was never learned.
    case unmapped
    /// Voice that the server did not name anybody for, or only later: the key that opens it did.
    case learned
    /// Voice that no key opens.
    case undecryptable
    /// Frames that are no Opus.
    case undecodable
    /// Samples were clipped.
    case clipped
    /// The clock of a sender could not be fitted well.
    case clock
    /// The recorder's host was restarted; the wall clock tells how much later what follows was said.
    case clockBridged = "clock_bridged"
    /// A speaker asked for is not in the capture.
    case unknownSpeaker = "unknown_speaker"
    /// Sealed keys that none of the given keys opens.
    case sealedKeys = "sealed_keys"
  }
}

internal import FoundationEssentials

/// An event of the session, stored as a systemd Journal Export Block.
///
/// `kind` and `data` are for programs, `message` for people (ids only, no names, since the log is
/// not sealed).
public struct CaptureEvent: Sendable, Equatable {
  /// The running number of the block in the capture (`TAPEDECK_N`); 0 until written.
  public var number: UInt64
  /// Nanoseconds since the Unix epoch on the session clock; stored in microseconds.
  public var time: Int64
  /// `TAPEDECK_KIND`, one that this version knows or a later one that readers skip.
  public var kind: String
  /// `MESSAGE`: one line.
  public var message: String
  /// `TAPEDECK_DATA`: one JSON object, UTF-8, without line breaks.
  public var data: [UInt8]

  public init(
    number: UInt64 = 0, time: Int64, kind: String, message: String, data: [UInt8]
  ) {
    self.number = number
    self.time = time
    self.kind = kind
    self.message = message
    self.data = data
  }

  /// Makes an event of a typed payload.
  public init(_ payload: some CaptureEventPayload, time: Int64) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // The payloads are flat structs of numbers, strings and arrays: encoding cannot fail.
    let data = (try? encoder.encode(payload)).map { [UInt8]($0) } ?? [UInt8]("{}".utf8)
    self.init(
      time: time, kind: type(of: payload).kind, message: payload.message, data: data)
  }

  /// The typed payload, or nil when the event is of another kind or its data does not fit.
  public func payload<Payload: CaptureEventPayload>(_: Payload.Type) -> Payload? {
    guard kind == Payload.kind else { return nil }
    return try? JSONDecoder().decode(Payload.self, from: Data(data))
  }
}

/// The data of one kind of event.
public protocol CaptureEventPayload: Codable, Sendable, Equatable {
  /// The value of `TAPEDECK_KIND`.
  static var kind: String { get }
  /// One line for people: ids, no names.
  var message: String { get }
}

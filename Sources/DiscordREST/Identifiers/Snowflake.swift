public import FoundationEssentials

/// An id of Discord: 64 bits that begin with the time it was made.
///
/// In JSON it is a string of digits; numbers are understood too, since some clients send them.
/// Source: Discord's API reference, "Snowflakes".
public struct Snowflake: Hashable, Sendable {
  /// The number.
  public let rawValue: UInt64

  /// The id with this number.
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Milliseconds from 1970 to the first second of 2015, where Discord's time begins.
  private static let epoch: Int64 = 1_420_070_400_000

  /// When it was made, to the millisecond.
  public var date: Date {
    Date(timeIntervalSince1970: Double(Int64(rawValue >> 22) + Self.epoch) / 1000)
  }

  /// The lowest id of the millisecond that `date` lies in: what "before" and "after" take.
  ///
  /// Dates before 2015 give 0, dates that no id can hold (after 2154) the greatest id.
  public init(date: Date) {
    // The nearest millisecond: a `Double` of seconds lies a hair below or above it.
    let milliseconds = (date.timeIntervalSince1970 * 1000 - Double(Self.epoch))
    let whole = (milliseconds + 0.001).rounded(.down)
    if !(whole > 0) {
      self.init(0)
    } else if whole >= Double(1 << 42) {
      self.init(.max)
    } else {
      self.init(UInt64(whole) << 22)
    }
  }
}

extension Snowflake: Comparable {
  /// In order of time.
  public static func < (left: Snowflake, right: Snowflake) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension Snowflake: LosslessStringConvertible {
  /// The digits.
  public var description: String { String(rawValue) }

  /// Reads 1 to 20 ASCII digits; nil for anything else, also for a sign or a number over 64 bits.
  public init?(_ description: String) {
    let digits = description.utf8
    guard (1...20).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt64(description)
    else { return nil }
    self.init(number)
  }
}

extension Snowflake: ExpressibleByIntegerLiteral {
  /// The id with this number.
  public init(integerLiteral value: UInt64) { self.init(value) }
}

extension Snowflake: Codable {
  /// Reads a string of digits, or a number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      guard let snowflake = Snowflake(text) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "not an id: 1 to 20 digits")
      }
      self = snowflake
    } else {
      self.init(try container.decode(UInt64.self))
    }
  }

  /// Writes a string of digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

import CaptureLog
import SystemPackage

/// What a capture itself says about times in which somebody may be missing.
struct Explanations {
  struct Span {
    let range: ClosedRange<Int64>
    let word: String
  }

  private(set) var spans: [Span] = []
  /// Alerts as they came: cause, whether raised, time.
  private(set) var alerts: [(cause: String, isRaised: Bool, time: Int64)] = []
  /// Zero of the session clock.
  private(set) var zero: Int64?

  /// How much around an event belongs to it, nanoseconds.
  private static let around: Int64 = 300_000_000
  private static let second: Int64 = 1_000_000_000

  init(_ capture: FilePath) throws {
    var events: [CaptureEvent] = []
    var reader = try CaptureReader(opening: capture)
    while let record = try reader.next() {
      if case .event(let event) = record { events.append(event) }
    }
    zero = events.first { $0.kind == VoiceServerEvent.kind }?.time
    noteGaps(events)
    noteStates(events)
    noteEncryption(events)
  }

  /// Which events explain a time, as words.
  func words(for range: ClosedRange<Int64>) -> [String] {
    var words: [String] = []
    for span in spans where span.range.overlaps(range) && !words.contains(span.word) {
      words.append(span.word)
    }
    return words
  }

  /// Whether events cover a time, together with what a track says of gaps in it.
  func covers(_ range: ClosedRange<Int64>, with gaps: [ClosedRange<Int64>]) -> Bool {
    var reached = range.lowerBound
    let all = spans.map(\.range) + gaps
    for span in all.sorted(by: { $0.lowerBound < $1.lowerBound }) where span.lowerBound <= reached {
      reached = max(reached, span.upperBound)
    }
    return reached >= range.upperBound
  }

  private mutating func add(_ word: String, _ start: Int64, _ end: Int64) {
    spans.append(Span(range: start - Self.around...max(start, end) + Self.around, word: word))
  }

  private mutating func noteGaps(_ events: [CaptureEvent]) {
    var begun: (cause: String, time: Int64)?
    for event in events {
      if let gap = event.payload(GapEvent.self) {
        if gap.state == GapEvent.begins {
          begun = (gap.cause, event.time)
        } else if let start = begun {
          // On a busy machine the recorder hears of the loss later than it was. With another
          // connection its keys come a moment later.
          add("gap \(start.cause)", start.time - Self.second, event.time + Self.second)
          begun = nil
        }
      } else if let alert = event.payload(AlertEvent.self) {
        alerts.append((alert.cause, alert.state == "raised", event.time))
        if alert.state == "raised" {
          add("alert \(alert.cause)", event.time - 17 * Self.second, event.time)
        }
      }
    }
    if let begun { add("gap \(begun.cause)", begun.time, events.last?.time ?? begun.time) }
  }

  private mutating func noteStates(_ events: [CaptureEvent]) {
    var deafSince: Int64?
    // In another channel nobody of the first is heard.
    var first: String?
    var awaySince: Int64?
    for event in events {
      if let own = event.payload(OwnStateEvent.self), let channel = own.channel {
        first = first ?? channel
        if channel != first {
          awaySince = awaySince ?? event.time
        } else if let since = awaySince {
          add("moved", since, event.time + Self.second)
          awaySince = nil
        }
      }
      guard let own = event.payload(OwnStateEvent.self) else { continue }
      if own.deaf {
        deafSince = deafSince ?? event.time
      } else if let since = deafSince {
        add("deafened", since, event.time)
        deafSince = nil
      }
    }
  }

  private mutating func noteEncryption(_ events: [CaptureEvent]) {
    for event in events {
      if let warning = event.payload(RecorderWarningEvent.self) {
        if warning.code.hasPrefix("dave_") {
          add(warning.code, event.time - Self.second, event.time + 2 * Self.second)
        } else if warning.code == "udp_silent" {
          add(warning.code, event.time - 6 * Self.second, event.time)
        }
      } else if event.kind == DAVEPlaintextEvent.kind || event.kind == DAVEEpochEvent.kind {
        add("dave", event.time - Self.second, event.time + Self.second)
      }
    }
  }
}

/// The recorder's metrics in Prometheus' text format 0.0.4; pure.
///
/// Names and labels are those of the design; users never appear.
package enum MetricsText {
  private struct Series {
    var name: String
    var help: String
    var type: String
    var samples: [(labels: [(String, String)], value: String)] = []
  }

  /// The text for these recordings.
  package static func text(_ sessions: [RecordingStatus]) -> String {
    var lines: [String] = []
    for series in series(sessions) {
      lines.append("# HELP \(series.name) \(series.help)")
      lines.append("# TYPE \(series.name) \(series.type)")
      for sample in series.samples {
        let labels = sample.labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
        lines.append(
          series.name + (labels.isEmpty ? "" : "{\(labels)}") + " " + sample.value)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func series(_ sessions: [RecordingStatus]) -> [Series] {
    var packets = Series(
      name: "tapedeck_packets_total", help: "Datagrams of the voice server by what they are.",
      type: "counter")
    var bytes = Series(
      name: "tapedeck_bytes_written_total", help: "Bytes written to segments.", type: "counter")
    var dropped = Series(
      name: "tapedeck_dropped_total", help: "Datagrams that were lost on this host or capped.",
      type: "counter")
    var queue = Series(
      name: "tapedeck_queue_bytes", help: "Bytes that wait for the disk.", type: "gauge")
    var count = Series(
      name: "tapedeck_sessions", help: "Recordings that run.", type: "gauge")
    var reconnects = Series(
      name: "tapedeck_reconnects_total", help: "Voice connections lost, by cause.",
      type: "counter")
    var epoch = Series(
      name: "tapedeck_dave_epoch", help: "The DAVE epoch that the recorder is in.", type: "gauge")
    var undecryptable = Series(
      name: "tapedeck_undecryptable_total",
      help: "Packets of those tried that did not open, by reason.", type: "counter")
    var age = Series(
      name: "tapedeck_last_packet_age_seconds", help: "Time since the last datagram.",
      type: "gauge")
    var alert = Series(
      name: "tapedeck_alert", help: "1 while the recording is in danger, by cause; else 0.",
      type: "gauge")
    count.samples.append(([], "\(sessions.count)"))
    for status in sessions {
      let session = ("session", status.capture)
      for (kind, number) in status.kinds.sorted(by: { $0.key < $1.key }) {
        packets.samples.append(([session, ("kind", kind)], "\(number)"))
      }
      bytes.samples.append(([session], "\(status.bytesWritten)"))
      let drops = status.drops
      for (place, number) in [
        ("kernel", drops.kernel), ("ring", drops.ring), ("cap", drops.cap), ("disk", drops.disk),
      ] {
        dropped.samples.append(([session, ("where", place)], "\(number)"))
      }
      queue.samples.append(([session], "\(status.queueBytes)"))
      for (cause, number) in status.reconnects.sorted(by: { $0.key < $1.key }) {
        reconnects.samples.append(([session, ("cause", cause)], "\(number)"))
      }
      if case .on(let number, _) = status.encryption {
        epoch.samples.append(([session], "\(number)"))
      }
      for (reason, number) in status.undecryptable.sorted(by: { $0.key < $1.key }) {
        undecryptable.samples.append(([session, ("reason", reason)], "\(number)"))
      }
      let raised = Set(status.alerts.map(\.cause))
      for cause in Alert.Cause.allCases {
        alert.samples.append(
          ([session, ("cause", cause.rawValue)], raised.contains(cause) ? "1" : "0"))
      }
      if let last = status.lastPacketAge {
        age.samples.append(([session], seconds(last)))
      }
    }
    return [packets, bytes, dropped, queue, count, reconnects, epoch, undecryptable, age, alert]
  }

  /// Seconds with three digits.
  private static func seconds(_ duration: Duration) -> String {
    let milliseconds = max(0, duration.nanoseconds) / 1_000_000
    let rest = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}

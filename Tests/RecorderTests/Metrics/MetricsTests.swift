import AsyncHTTPClient
import DiscordREST
import NIOCore
import NIOHTTP1
import SystemPackage
import Testing

@testable import Recorder

@Suite("Metrics")
struct MetricsTests {
  private var status: RecordingStatus {
    var status = RecordingStatus(
      capture: "20261124T090002Z-1-2", folder: "/captures/x", guild: 1, channel: 2)
    status.kinds = ["voice": 100, "rtcp": 3]
    status.bytesWritten = 12_345
    status.drops.kernel = 4
    status.queueBytes = 99
    status.reconnects = ["close_4006": 2]
    status.encryption = .on(epoch: 7, privacyCode: "123")
    status.undecryptable = ["bad_tag": 5]
    status.lastPacketAge = .milliseconds(1020)
    status.alerts = [Alert(.diskSpace, "full", time: 0)]
    status.speakers = [
      .init(
        id: 4711, name: "Ada", isBot: false, isPresent: true, isSpeaking: true, isExcluded: false,
        packets: 100, lost: 0)
    ]
    return status
  }

  @Test("The names, kinds and labels of the design, and no users")
  func text() {
    let text = MetricsText.text([status])
    for line in [
      "# TYPE tapedeck_packets_total counter",
      "tapedeck_packets_total{session=\"20261124T090002Z-1-2\",kind=\"voice\"} 100",
      "tapedeck_packets_total{session=\"20261124T090002Z-1-2\",kind=\"rtcp\"} 3",
      "tapedeck_bytes_written_total{session=\"20261124T090002Z-1-2\"} 12345",
      "tapedeck_dropped_total{session=\"20261124T090002Z-1-2\",where=\"kernel\"} 4",
      "tapedeck_dropped_total{session=\"20261124T090002Z-1-2\",where=\"ring\"} 0",
      "tapedeck_dropped_total{session=\"20261124T090002Z-1-2\",where=\"cap\"} 0",
      "tapedeck_dropped_total{session=\"20261124T090002Z-1-2\",where=\"disk\"} 0",
      "tapedeck_queue_bytes{session=\"20261124T090002Z-1-2\"} 99", "tapedeck_sessions 1",
      "tapedeck_reconnects_total{session=\"20261124T090002Z-1-2\",cause=\"close_4006\"} 2",
      "tapedeck_dave_epoch{session=\"20261124T090002Z-1-2\"} 7",
      "tapedeck_undecryptable_total{session=\"20261124T090002Z-1-2\",reason=\"bad_tag\"} 5",
      "tapedeck_last_packet_age_seconds{session=\"20261124T090002Z-1-2\"} 1.020",
      "tapedeck_alert{session=\"20261124T090002Z-1-2\",cause=\"disk_space\"} 1",
      "tapedeck_alert{session=\"20261124T090002Z-1-2\",cause=\"gap\"} 0",
    ] {
      #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)")
    }
    #expect(!text.contains("4711"))
    #expect(!text.contains("Ada"))
    #expect(text.hasSuffix("\n"))
  }

  @Test("Label values are escaped")
  func escapes() {
    var status = status
    status.reconnects = ["a\"b\\c\nd": 1]
    #expect(MetricsText.text([status]).contains("cause=\"a\\\"b\\\\c\\nd\"} 1"))
  }

  @Test("Served on this machine, and on no other")
  func endpoint() async throws {
    let endpoint = try await MetricsEndpoint.start(address: "127.0.0.1:0") {
      "tapedeck_sessions 3\n"
    }
    let base = "http://127.0.0.1:\(endpoint.port)"
    var request = HTTPClientRequest(url: base + "/metrics")
    var answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    #expect(answer.status.code == 200)
    #expect(
      answer.headers.first(name: "content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
    #expect(String(buffer: try await answer.body.collect(upTo: 1000)) == "tapedeck_sessions 3\n")
    request = HTTPClientRequest(url: base + "/")
    answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    #expect(answer.status.code == 404)
    await endpoint.stop()
    for address in ["0.0.0.0:1", "192.0.2.1:80", "example.org:80", "127.0.0.1", "127.0.0.1:99999"] {
      let error = await #expect(throws: RecorderError.self) {
        try await MetricsEndpoint.start(address: address) { "" }
      }
      #expect(error?.code == .usage, "\(address)")
    }
  }
}

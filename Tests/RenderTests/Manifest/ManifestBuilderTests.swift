import CaptureLog
import JSONValues
import SystemPackage
import TestSupport
import Testing

@testable import Render

@Suite struct ManifestBuilderTests {
  private let temporary: TemporaryFolder
  private static let start: Int64 = 1_795_510_802_000_000_000

  init() throws { temporary = try TemporaryFolder() }

  /// The survey of a capture of events only, to which tests add what they need.
  private func survey(
    _ events: [(Double, any CaptureEventPayload)] = []
  ) throws -> (SessionSurvey, SessionKeys) {
    let folder = temporary.path.appending("capture")
    let session = SessionInfo(
      id: "20261124T090002Z-41-42", guildID: "41", guildName: "Guild \"1\"", channelID: "42",
      start: "2026-11-24T09:00:02Z", startUnixNanoseconds: Self.start, build: "test",
      recipients: [],
      source: "simulated", encryptedAtRest: false)
    var builder = try CaptureBuilder(creating: folder, session: session, synchronizes: false)
    try builder.append(CaptureEvent(VoiceServerEvent(endpoint: "e:443"), time: Self.start))
    for (seconds, payload) in events {
      try builder.append(CaptureEvent(payload, time: Self.start + Int64(seconds * 1e9)))
    }
    try builder.append(CaptureEvent(LeaveEvent(reason: "stop"), time: Self.start + 60_000_000_000))
    try builder.finish()
    return (
      try RenderEngine.survey(capture: folder), try SessionKeys(capture: folder, keys: [])
    )
  }

  private func build(
    _ survey: SessionSurvey, _ keys: SessionKeys, options: RenderOptions = RenderOptions(),
    tracks: [(result: TrackResult, file: TrackFile.Summary)] = []
  ) throws -> Manifest {
    ManifestBuilder(
      survey: survey, range: try RenderRange(options: options, zero: survey.zero, end: survey.end),
      options: options, captureDigest: String(repeating: "c", count: 64), keys: keys
    ).manifest(tracks: tracks, mix: nil)
  }

  private func track(
    _ id: String, extents: [SampleRange] = [], _ change: (inout TrackResult) -> Void = { _ in }
  ) -> (result: TrackResult, file: TrackFile.Summary) {
    var result = TrackResult(speaker: id)
    change(&result)
    let file = TrackFile.Summary(
      file: id + ".wav", sha256: String(repeating: "5", count: 64), extents: extents)
    return (result, file)
  }

  @Test func theWholeDocument() throws {
    var (survey, keys) = try survey([
      (0.5, ClientConnectEvent(connection: 0, users: ["7", "8"])),
      (1, SpeakingEvent(connection: 0, user: "7", ssrc: 99, speaking: 1)),
      (30, DropsEvent(where: "ring", packets: 3)),
    ])
    survey.speakers = [
      SessionSurvey.Speaker(id: "7", userID: "7", packets: 3, streams: [])
    ]
    let track = track("7", extents: [SampleRange(start: 16_000, end: 32_000)]) { result in
      result.packets.captured = 3
      result.packets.placed = 2
      result.packets.undecryptable.badTag = 1
      result.frames.lost = 1
      result.frames.silent = 1
      result.gaps = [
        TrackGap(range: SampleRange(start: 16_320, end: 16_640), cause: .loss),
        TrackGap(range: SampleRange(start: 20_000, end: 21_600), cause: .undecryptable),
      ]
      result.streams = [Manifest.Stream(connection: 0, ssrc: 99, start: 15_000, end: 40_000)]
      result.clock = Manifest.Clock(offsetSamples: 16_000, ppm: 12.34567, residualMilliseconds: 0.1)
      result.peak = 0.5
    }
    let manifest = try build(survey, keys, tracks: [track])
    let text = String(decoding: try manifest.encoded(), as: UTF8.self)
    #expect(text == Self.golden)
    #expect(try Manifest(contentsOf: write(text)) == manifest)
  }

  private func write(_ text: String) throws -> FilePath {
    let folder = try temporary.makeFolder("manifest")
    try temporary.write(text, to: folder.appending("manifest.json"))
    return folder
  }

  @Test func shortGapsAreOnlyCountedAndLongListsAreCut() throws {
    let (survey, keys) = try survey()
    let track = track("7") { result in
      result.gaps = (0..<2_500).map { index in
        let start = Int64(index) * 10_000
        return TrackGap(
          range: SampleRange(start: start, end: start + (index % 2 == 0 ? 1_599 : 1_600)),
          cause: .loss)
      }
    }
    let speaker = try build(survey, keys, tracks: [track]).speakers[0]
    #expect(speaker.gaps.count == 1_000)
    #expect(speaker.gaps.allSatisfy { $0.end - $0.start == 1_600 })
    #expect(speaker.gapTotals == Manifest.GapTotals(count: 2_500, samples: 1_250 * 3_199))
  }

  @Test func eventsOfAPartAreThoseWithinIt() throws {
    let (survey, keys) = try survey([
      (
        -0.25,
        ConnectionEvent(
          connection: 0, local: "10.0.0.1:5", remote: "10.0.0.2:6", mode: "none", ssrc: 1, dave: 0)
      ),
      (10, ClientDisconnectEvent(connection: 0, user: "8")),
      (20, ClientConnectEvent(connection: 0, users: ["8"])),
    ])
    let whole = try build(survey, keys).events
    #expect(
      whole.map(\.kind)
        == ["voice_server", "connection", "client_disconnect", "client_connect", "leave"])
    #expect(whole.map(\.at) == [0, 0, 160_000, 320_000, 960_000])
    // Addresses of the recorder's network stay out.
    #expect(whole[1].fields.keys.sorted() == ["connection", "dave", "mode", "ssrc"])
    var options = RenderOptions()
    options.from = TimeBound("5")
    options.to = TimeBound("20")
    let part = try build(survey, keys, options: options)
    #expect(
      part.events == [
        Manifest.Event(
          at: 80_000, kind: "client_disconnect",
          fields: ["connection": .integer(0), "user": .string("8")])
      ])
    #expect(part.session.startUnixNanoseconds == String(Self.start + 5_000_000_000))
  }

  @Test func whatWasLostIsWarnedOf() throws {
    var (survey, keys) = try survey()
    #expect(try build(survey, keys).warnings.isEmpty)
    survey.isComplete = false
    survey.drops = ["ring": 1, "excluded": 5, "video": 9, "kernel": 0]
    survey.damages = [
      CaptureDamage(cause: .checksum, segment: "segment-000000.pcapng", offset: 8, length: 4)
    ]
    survey.damageCount = 2
    survey.isClockBridged = true
    let track = track("ssrc-5") { result in
      result.packets.undecryptable.unmapped = 2
      result.packets.undecryptable.transport = 1
      result.packets.undecodable = 1
      result.clippedSamples = 1
    }
    let manifest = try build(survey, keys, tracks: [track])
    #expect(
      manifest.warnings.map(\.code) == [
        .incompleteCapture, .damage, .drops, .clockBridged, .unmapped, .undecryptable,
        .undecryptable, .undecodable, .clipped,
      ])
    #expect(manifest.warnings[1].message.contains("2 damaged"))
    #expect(
      manifest.warnings[2].message == "lost on the recorder's host (ring): 1 packet")
    #expect(manifest.losses.count == 5)
    #expect(!manifest.capture.complete)
  }

  @Test func sessionsWithoutSpeechHaveNoSpeakers() throws {
    let (survey, keys) = try survey([(1, ClientConnectEvent(connection: 0, users: ["8"]))])
    let manifest = try build(survey, keys)
    #expect(manifest.speakers.isEmpty && manifest.participants == ["8"])
    #expect(manifest.session.samples == 960_000)
  }

  static let golden = #"""
    {
      "capture" : {
        "complete" : true,
        "digest" : "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
        "id" : "20261124T090002Z-41-42"
      },
      "events" : [
        {
          "at" : 0,
          "endpoint" : "e:443",
          "kind" : "voice_server"
        },
        {
          "at" : 8000,
          "connection" : 0,
          "kind" : "client_connect",
          "users" : [
            "7",
            "8"
          ]
        },
        {
          "at" : 480000,
          "kind" : "drops",
          "packets" : 3,
          "where" : "ring"
        },
        {
          "at" : 960000,
          "kind" : "leave",
          "reason" : "stop"
        }
      ],
      "participants" : [
        "7",
        "8"
      ],
      "sample_rate" : 16000,
      "schema" : "tapedeck.manifest/1",
      "session" : {
        "channel_id" : "42",
        "channel_name" : null,
        "guild_id" : "41",
        "guild_name" : "Guild \"1\"",
        "samples" : 960000,
        "start" : "2026-11-24T09:00:02.000Z",
        "start_unix_ns" : "1795510802000000000"
      },
      "speakers" : [
        {
          "bot" : false,
          "clipped_samples" : 0,
          "clock" : {
            "offset_samples" : 16000,
            "ppm" : 12.346,
            "residual_ms" : 0.1
          },
          "file" : "7.wav",
          "frames" : {
            "concealed" : 0,
            "lost" : 1,
            "recovered" : 0,
            "silent" : 1
          },
          "gap_totals" : {
            "count" : 2,
            "samples" : 1920
          },
          "gaps" : [
            {
              "cause" : "undecryptable",
              "end" : 21600,
              "start" : 20000
            }
          ],
          "id" : "7",
          "names" : {
            "global" : null,
            "nick" : null,
            "username" : null
          },
          "packets" : {
            "captured" : 3,
            "duplicate" : 0,
            "excluded" : 0,
            "late" : 0,
            "other" : 0,
            "placed" : 2,
            "undecodable" : 0,
            "undecryptable" : {
              "bad_tag" : 1,
              "no_epoch" : 0,
              "not_dave" : 0,
              "replay" : 0,
              "transport" : 0,
              "unmapped" : 0
            }
          },
          "peak" : 0.5,
          "samples" : 960000,
          "segments" : [
            {
              "end" : 35200,
              "start" : 12800
            }
          ],
          "sha256" : "5555555555555555555555555555555555555555555555555555555555555555",
          "speech_samples" : 16000,
          "spurts" : 1,
          "streams" : [
            {
              "connection" : 0,
              "end" : 40000,
              "ssrc" : 99,
              "start" : 15000
            }
          ],
          "user_id" : "7"
        }
      ],
      "tool" : {
        "parameters" : {
          "digest" : "speech",
          "format" : "wav",
          "from" : null,
          "loudness" : false,
          "mix" : false,
          "partial" : false,
          "resampler" : "soxr",
          "sample_rate" : 16000,
          "speakers" : null,
          "to" : null
        },
        "render_version" : 3,
        "version" : "0.1.0"
      },
      "warnings" : [
        {
          "code" : "drops",
          "message" : "lost on the recorder's host (ring): 3 packets"
        },
        {
          "code" : "undecryptable",
          "message" : "7: 1 packet left out: no key of the sender opens them (bad_tag)"
        }
      ]
    }

    """#
}

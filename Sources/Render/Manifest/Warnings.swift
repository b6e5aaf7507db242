internal import CaptureLog

/// Collects what the listener should know, always in the same order.
struct Warnings {
  private(set) var list: [Manifest.Warning] = []
  /// False for imports: no server named anybody there.
  private var namesSpeakers = true

  mutating func add(_ code: Manifest.Warning.Code, _ message: String) {
    list.append(Manifest.Warning(code, message))
  }

  /// What the capture as a whole says.
  mutating func add(_ survey: SessionSurvey, isPartial: Bool) {
    namesSpeakers = !survey.takesAnyPayloadType
    if isPartial {
      add(.incompleteCapture, "the capture was still being written; this is its beginning")
    } else if !survey.isComplete {
      add(
        .incompleteCapture, "the recording did not end by itself; all that was written is rendered")
    }
    if let first = survey.damages.first {
      let place = "\(first.cause.rawValue) in \(first.segment) at byte \(first.offset)"
      add(
        .damage,
        count(survey.damageCount, "damaged or missing range")
          + " in the capture, the first: \(place)")
    }
    for (place, packets) in survey.drops.sorted(by: { $0.key < $1.key })
    where packets > 0 && place != "excluded" && place != "video" {
      add(.drops, "lost on the recorder's host (\(place)): \(count(packets, "packet"))")
    }
    if survey.isClockBridged {
      add(
        .clockBridged,
        "the recorder's host was restarted; its wall clock tells how much later the rest was said")
    }
  }

  /// Whose voice keys told, and not the server.
  mutating func addLearned(_ survey: SessionSurvey) {
    for speaker in survey.speakers {
      var ssrcs: [String] = []
      for stream in speaker.streams.map({ survey.streams[$0] }) where stream.isLearned {
        if !ssrcs.contains(String(stream.ssrc)) { ssrcs.append(String(stream.ssrc)) }
      }
      guard !ssrcs.isEmpty else { continue }
      add(
        .learned,
        "\(speaker.id): the server did not say in time that SSRC "
          + "\(ssrcs.joined(separator: ", ")) is theirs; it is opened by their key")
    }
  }

  /// What one track says.
  mutating func add(_ speaker: Manifest.Speaker) {
    let id = speaker.id
    if speaker.userID == nil, namesSpeakers {
      add(.unmapped, "\(id): the server never said whose voice this is")
    }
    let reasons: [(Int64, String)] = [
      (
        speaker.packets.undecryptable.transport, "the transport encryption did not open (transport)"
      ),
      (speaker.packets.undecryptable.noEpoch, "no key of the sender is known (no_epoch)"),
      (speaker.packets.undecryptable.badTag, "no key of the sender opens them (bad_tag)"),
      (speaker.packets.undecryptable.replay, "they were sent before (replay)"),
      (speaker.packets.undecryptable.notDAVE, "they are not end-to-end encrypted (not_dave)"),
      (speaker.packets.undecryptable.unmapped, "nobody is known to have sent them (unmapped)"),
    ]
    for (packets, reason) in reasons where packets > 0 {
      add(.undecryptable, "\(id): \(count(packets, "packet")) left out: \(reason)")
    }
    if speaker.packets.undecodable > 0 {
      add(.undecodable, "\(id): \(count(speaker.packets.undecodable, "packet")) cannot be decoded")
    }
    if speaker.clippedSamples > 0 {
      add(.clipped, "\(id): \(count(speaker.clippedSamples, "sample")) clipped")
    }
    // Jitter of the network alone scatters by some 10 ms, which the fit takes out.
    if speaker.clock.residualMilliseconds > 50 {
      let scatter = Int(speaker.clock.residualMilliseconds.rounded())
      add(.clock, "\(id): arrivals scatter by \(scatter) ms, times may be off")
    }
  }

  private func count(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}

extension Manifest {
  /// What was lost to damage or could not be opened or decoded, which `--strict` refuses: one
  /// sentence each. Packets lost on the network are none of it.
  public var losses: [String] {
    let codes: Set<Warning.Code> = [.damage, .drops, .undecryptable, .undecodable, .sealedKeys]
    return warnings.filter { codes.contains($0.code) }.map(\.message)
  }
}

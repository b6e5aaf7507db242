/// What goes wrong in the first hours with a bot: the sentence that the program prints, what to do
/// about it, and the exit code. The table of the documentation is made from this.
///
/// Texts have gaps such as `{channel}`, which ``CommandFailure`` fills.
enum FirstHourFailure: String, CaseIterable {
  // The token.
  case noToken, tokenWithPrefix, clientSecret, publicKey, applicationID, notAToken
  case tokenRefused, tokenOfAnotherApplication, tokenFileReadable
  // Guilds and channels.
  case inNoGuild, guildUnknown, guildAmbiguous, guildUnavailable, channelUnknown, channelAmbiguous
  case notAVoiceChannel, stageChannel, channelLimited, channelFull
  // Permissions and intents.
  case viewChannelMissing, connectMissing, permissionMissing, manageMessagesMissing, accessMissing
  case directMessagesClosed, membersIntentOff, messageContentIntentOff, intentsRefused
  // Messages.
  case messageTooLong, fileTooLarge, rateLimited
  // The way to Discord.
  case wrongAPIBase, certificateNotTrusted, unreachable, noUDP, encryptionRequired
  // The machine.
  case clockOff, smallReceiveBuffer, diskNearlyFull, noKey

  /// What is printed, and the next step.
  struct Text {
    var status: ExitStatus
    var sentence: String
    var remedy: String

    init(_ status: ExitStatus, _ sentence: String, _ remedy: String) {
      self.status = status
      self.sentence = sentence
      self.remedy = remedy
    }
  }

  var text: Text { tokenText ?? placeText ?? permissionText ?? serviceText ?? machineText }

  /// The two texts with their gaps filled by names, which are made harmless.
  func filled(_ values: [String: String]) -> (sentence: String, remedy: String) {
    (Self.fill(text.sentence, values), Self.fill(text.remedy, values))
  }

  func failure(_ values: [String: String] = [:]) -> CommandFailure {
    let (sentence, remedy) = filled(values)
    return CommandFailure(text.status, sentence, hint: remedy, label: rawValue)
  }

  /// In one pass, so that a name with braces in it stays a name.
  private static func fill(_ template: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{"),
      let close = rest[open...].firstIndex(of: "}")
    {
      result += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      // A list of a dozen candidates with their ids must fit.
      result += values[name].map { Terminal.escaped($0, limit: 2000) } ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// The table of the documentation.
  static var markdown: String {
    var lines = ["| what is printed | what to do | exit code |", "|---|---|---|"]
    for failure in allCases {
      let text = failure.text
      let code = text.status == .done ? "-" : "\(text.status.rawValue)"
      lines.append("| \(text.sentence) | \(text.remedy) | \(code) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

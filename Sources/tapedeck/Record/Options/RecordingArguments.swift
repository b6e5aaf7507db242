internal import ArgumentParser
internal import DiscordREST
internal import Glibc
internal import Recorder
internal import SystemPackage

/// When a recording stops by itself.
struct StopArguments: ParsableArguments {
  @Option(
    name: .customLong("for"), help: ArgumentHelp("Stop after so long: 90m.", valueName: "time"))
  var duration: TimeLength?

  @Option(
    help: ArgumentHelp(
      "Stop at this time of day, the next one: 17:00; or 2026-11-24T17:00:00+01:00.",
      valueName: "time"))
  var until: EndTime?

  @Option(
    help: ArgumentHelp(
      "The time zone of --until, as Europe/Berlin; the machine's by default.", valueName: "zone"))
  var timezone: ZoneName?

  @Option(
    help: ArgumentHelp(
      "Stop when nobody else has been in the channel for so long: 5m.", valueName: "time"))
  var untilEmpty: TimeLength?

  @Option(
    help: ArgumentHelp(
      "Stop when only bots have been in the channel for so long: 5m.", valueName: "time"))
  var untilBots: TimeLength?

  @Flag(help: "Stop when somebody moves the bot, instead of going on in the other channel.")
  var noFollow = false

  func validate() throws {
    if timezone != nil, until == nil {
      throw ValidationError("--timezone is the zone of --until, which is not given.")
    }
  }

  /// - Parameter now: Seconds since the Unix epoch.
  /// - Throws: 64 for a moment that is over.
  func rules(now: Int64) throws(CommandFailure) -> StopRules {
    var rules = StopRules(
      duration: duration?.duration, emptyFor: untilEmpty?.duration,
      onlyBotsFor: untilBots?.duration)
    if let until {
      let zone = timezone ?? ZoneName()
      guard let moment = until.moment(after: now, offset: zone.offset(at:)) else {
        throw CommandFailure(.usage, "--until is a moment that is over")
      }
      rules.untilUnixNanoseconds = moment * 1_000_000_000
    }
    return rules
  }
}

/// What people in the channel are told, and whose speech is left out.
struct ConsentArguments: ParsableArguments {
  @Flag(
    help: """
      Post no notice and change no nickname. Whoever records must then have told everybody, and \
      have their consent, in another way.
      """)
  var noNotice = false

  @Option(
    help: ArgumentHelp(
      "The notice's text, with {operator}, {retention}, {objection}, {channel} to be filled in.",
      valueName: "text"))
  var notice: String?

  @Option(
    name: .customLong("operator"),
    help: ArgumentHelp("Who records, for the notice.", valueName: "name"))
  var operatorName: String?

  @Option(
    help: ArgumentHelp(
      "How long the capture is kept, for the notice and the capture: P30D.", valueName: "duration"))
  var retention: String?

  @Option(help: ArgumentHelp("How to object, for the notice.", valueName: "text"))
  var objection: String?

  @Flag(help: "Leave the bot's nickname as it is.")
  var noNickname = false

  @Option(
    help: ArgumentHelp(
      "Do not store this user's speech: id or name; may be repeated.", valueName: "user"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file with ids of users whose speech is not stored, one a line.", valueName: "file"))
  var optOut: String?

  func validate() throws {
    let isTold = notice != nil || operatorName != nil || objection != nil
    if noNotice, isTold {
      throw ValidationError("--no-notice and what the notice says exclude each other.")
    }
    if let retention, !Self.isDuration(retention) {
      throw ValidationError("--retention is an ISO 8601 duration, as P30D or PT12H.")
    }
  }

  var shownNotice: Notice? {
    guard !noNotice else { return nil }
    var shown = Notice(
      operatorName: operatorName, retention: nil, objection: objection, template: notice)
    if noNickname { shown.nicknamePrefix = nil }
    return shown
  }

  /// `P30D`, `P1Y6M`, `PT12H`: numbers with their units, in any number.
  static func isDuration(_ text: String) -> Bool {
    guard text.first == "P" else { return false }
    let body = text.dropFirst().replacing("T", with: "", maxReplacements: 1)
    var digits = 0
    var units = 0
    for character in body {
      if character.isASCII, character.isNumber {
        digits += 1
        if digits > 6 { return false }
      } else {
        guard digits > 0, "YMWDHS".contains(character) else { return false }
        (digits, units) = (0, units + 1)
      }
    }
    return units > 0 && digits == 0
  }
}

/// Whom to tell of danger, as typed: `channel:ID`, `dm:ID`, `webhook:URL`, `command:PROGRAM`.
struct AlertArgument: ExpressibleByArgument {
  var target: AlertTarget

  init?(argument: String) {
    guard let target = AlertTarget(argument) else { return nil }
    self.target = target
  }
}

extension FirstHourFailure {
  var placeText: Text? {
    switch self {
    case .inNoGuild:
      Text(
        .noInput, "the bot is in no guild (server) yet",
        "open the invitation as somebody who may manage the server: {invite}")
    case .guildUnknown:
      Text(
        .noInput, "the bot is in no guild {name}; it is in {guilds}",
        "give one of these, or invite the bot there with the link that `tapedeck setup` prints")
    case .guildAmbiguous:
      Text(.usage, "several guilds are called {name}: {candidates}", "give the id")
    case .guildUnavailable:
      Text(
        .tempFail, "the guild {guild} is unavailable: Discord has an outage there",
        "wait, and look at discordstatus.com")
    case .channelUnknown:
      Text(
        .noInput,
        "there is no channel {name} that the bot can see in {guild}; there are {channels}",
        "give one of these, or let the bot see the channel (View Channel)")
    case .channelAmbiguous:
      Text(.usage, "several channels are called {name}: {candidates}", "give the id")
    case .notAVoiceChannel:
      Text(
        .badInput, "{channel} is a {kind} channel; only voice and stage channels can be recorded",
        "give a voice channel: {channels}")
    case .stageChannel:
      Text(
        .done,
        "{channel} is a stage channel: the bot joins the audience, which is enough to record",
        "nothing")
    case .channelLimited:
      Text(
        .done, "{channel} takes {limit} people, and the bot only while there is room",
        "raise the user limit, or allow Move Members to the bot, which lets it in all the same")
    case .channelFull:
      Text(
        .unavailable, "{channel} is full ({count} of {limit})",
        "raise the user limit, or allow Move Members to the bot, which lets it in all the same")
    default: nil
    }
  }

  var serviceText: Text? {
    switch self {
    case .messageTooLong:
      Text(
        .badInput, "the text is longer than the {limit} characters that Discord takes here",
        "shorten it, or send it as a file: --file")
    case .fileTooLarge:
      Text(
        .badInput, "the files are too large for Discord: {detail}",
        "send less at once, or smaller files")
    case .rateLimited:
      Text(
        .tempFail, "Discord asks to wait longer than this command may take (429)",
        "run it again in a few minutes; other programs with the same token share the limit")
    case .wrongAPIBase:
      Text(
        .configuration, "{url} does not answer as Discord's API does",
        "--api-base needs the version too, as in https://discord.com/api/v10")
    case .certificateNotTrusted:
      Text(
        .configuration, "the certificate of {host} is not trusted",
        "behind a proxy that opens TLS, give its root certificate with --ca-file; check the clock")
    case .unreachable:
      Text(
        .tempFail, "{host} cannot be reached: {reason}",
        "check the network, the name server, and that the firewall lets out TCP port 443")
    case .encryptionRequired:
      Text(
        .unavailable, "Discord takes only end-to-end encrypted voice there (close code 4017)",
        "update Tapedeck")
    default: nil
    }
  }

  var machineText: Text {
    switch self {
    case .noUDP:
      Text(
        .tempFail, "no UDP over IPv4 gets out: {reason}",
        "voice needs IPv4 and outgoing UDP to any port above 1023; look at the firewall")
    case .clockOff:
      Text(
        .configuration, "this machine's clock is {offset} Discord's",
        "let the system keep it right: timedatectl set-ntp true")
    case .smallReceiveBuffer:
      Text(
        .done, "the kernel lets a socket buffer only {size}; bursts of packets could be lost",
        "sudo sysctl -w net.core.rmem_max=8388608, and the same in /etc/sysctl.d/ to keep it")
    case .diskNearlyFull:
      Text(
        .tempFail, "only {free} are free in {folder}",
        "make room: an hour of speech takes about 53 MB, its WAVs 115 MB")
    case .noKey:
      Text(
        .noInput, "no key is at hand in {folder}",
        "tapedeck keys new; keep a copy of the private file elsewhere")
    default: Text(.software, rawValue, "this is a bug")
    }
  }
}

extension DiscordClient {
  /// How a client talks to Discord.
  public struct Configuration: Sendable {
    /// Where the API is, with its version; https, or http if the host is a loopback address.
    public var baseURL = "https://discord.com/api/v10"

    /// The site whose addresses people open: the beginning of the `url` of guilds and messages.
    public var webBase = "https://discord.com"

    /// The program's site, for the User-Agent that Discord asks for.
    public var userAgentURL = "https://github.com/tapedeck/tapedeck"

    /// The program's version, for the User-Agent that Discord asks for.
    public var userAgentVersion = "1.0"

    /// How long a call may take, with all waits and attempts.
    public var totalDeadline: Duration = .seconds(120)

    /// How long one attempt may take.
    public var attemptTimeout: Duration = .seconds(30)

    /// How often a call is attempted again after a lost connection or a 5xx answer.
    public var maximumRetries = 5

    /// How large an answer may be, in bytes.
    public var maximumResponseBytes = 32 << 20

    /// How large one uploaded file may be, in bytes: 10 MiB without boosts.
    ///
    /// A boosted server takes more: set what ``Guild/uploadLimit`` says. The client does not do it
    /// by itself, or what a call takes would depend on which servers it has seen before.
    public var uploadLimit = 10 << 20

    /// How many requests a second the bot may make over all routes.
    public var globalRequestsPerSecond = 50

    /// Discord's API with the limits of its documentation.
    public init() {}
  }
}

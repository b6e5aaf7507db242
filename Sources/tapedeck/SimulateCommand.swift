internal import ArgumentParser

/// `tapedeck simulate`: things that look like Discord's.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Make what only Discord makes otherwise, for trials and tests.",
    subcommands: [SimulateCaptureCommand.self, SimulateDiscordCommand.self])
}

internal import ArgumentParser

/// `tapedeck keys …`: the operator's keys, and what they open.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make and keep the keys that captures are sealed to.",
    discussion: """
      Captures stay encrypted as Discord sent them; the keys to them are sealed to public keys \
      (ID.pub), and only the private halves (ID.key) open them. Both lie in $TAPEDECK_KEYS, else \
      in $XDG_CONFIG_HOME/tapedeck/keys, else in ~/.config/tapedeck/keys.
      """,
    subcommands: [
      KeysNewCommand.self,
      KeysListCommand.self,
      KeysCheckCommand.self,
      KeysResealCommand.self,
      KeysExportCommand.self,
      KeysImportCommand.self,
    ])
}

/// The `--key` of commands that open captures.
struct KeyOptions: ParsableArguments {
  @Option(
    name: .customLong("key"), parsing: .singleValue,
    help: ArgumentHelp(
      "A private key file; may be given several times. Without it: all of the key folder.",
      valueName: "file"))
  var files: [String] = []
}

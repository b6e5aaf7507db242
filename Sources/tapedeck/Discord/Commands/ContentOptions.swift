internal import ArgumentParser
internal import DiscordREST
internal import Glibc
internal import SystemPackage

/// What a message says and carries, and whom it may notify.
struct ContentOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The text; - reads it from standard input.", valueName: "text"))
  var text: String?

  @Option(
    name: .customLong("text-file"),
    help: ArgumentHelp("Take the text from a file.", valueName: "file"))
  var textFile: String?

  @Option(
    name: .customLong("file"), parsing: .singleValue,
    help: ArgumentHelp("Attach a file; may be given several times.", valueName: "file"))
  var files: [String] = []

  @Option(
    name: .customLong("mention"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      Let mentions in the text notify: everyone, users, roles, reply, or a user's id; may be given \
      several times. Without it nobody is notified.
      """, valueName: "whom"))
  var mentions: [String] = []

  /// A message has 2,000 characters, and nobody posts a book by mistake.
  private static let longest = 1 << 20

  func validate() throws {
    guard text == nil || textFile == nil else {
      throw ValidationError("the text is given twice")
    }
    guard text != nil || textFile != nil || !files.isEmpty else {
      throw ValidationError("there is nothing to send: give a text, - or --file")
    }
    _ = try allowedMentions()
  }

  /// The text with a file's last line end left out.
  func content() throws -> String {
    guard let path = textFile ?? (text == "-" ? "/dev/stdin" : nil) else { return text ?? "" }
    let shown = path == "/dev/stdin" ? "standard input" : Terminal.escaped(path, limit: 200)
    let bytes: [UInt8]
    do {
      bytes = try FileContents.read(FilePath(path))
    } catch {
      throw CommandFailure(.noInput, "cannot read \(shown): \(error)")
    }
    guard bytes.count <= Self.longest, var content = String(validating: bytes, as: UTF8.self)
    else {
      throw CommandFailure(
        .badInput, "\(shown) is no text in UTF-8 of at most 1 MiB", hint: "send it as --file")
    }
    while content.last?.isNewline == true { content.removeLast() }
    guard !content.trimmed.isEmpty || !files.isEmpty else {
      throw CommandFailure(.badInput, "\(shown) is empty")
    }
    return content
  }

  /// The files, which must be there and regular before anything is sent.
  func uploads() throws -> [FileUpload] {
    try files.map { path in
      var status = stat()
      let shown = Terminal.escaped(path, limit: 200)
      guard stat(path, &status) == 0 else {
        throw CommandFailure(.noInput, "cannot read \(shown): \(Errno(rawValue: errno))")
      }
      // A pipe would block, a folder cannot be sent.
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw CommandFailure(.badInput, "\(shown) is not a regular file")
      }
      guard access(path, R_OK) == 0 else {
        throw CommandFailure(.notPermitted, "may not read \(shown)")
      }
      return FileUpload(path: path)
    }
  }

  func allowedMentions() throws -> AllowedMentions {
    var allowed = AllowedMentions.none
    for whom in mentions {
      switch whom {
      case "everyone": allowed.everyone = true
      case "users": allowed.allUsers = true
      case "roles": allowed.allRoles = true
      case "reply": allowed.repliedUser = true
      default:
        guard let id = Snowflake(whom) else {
          throw ValidationError(
            "--mention takes everyone, users, roles, reply or a user's id, not '\(whom)'")
        }
        allowed.users.append(id)
      }
    }
    return allowed
  }
}

import Foundation
import SystemPackage

/// The built program, run as a user would.
enum Tool {
  struct Result {
    var status: Int32
    var output: String
    var errors: String

    /// Standard output as one JSON object a line.
    var events: [[String: Any]] {
      output.split(separator: "\n").compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }
  }

  /// Beside the test bundle, where the build puts both.
  static let path: String = {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = (link ?? CommandLine.arguments[0]) as NSString
    return (folder.deletingLastPathComponent as NSString).appendingPathComponent("tapedeck")
  }()

  /// Runs the program and waits.
  ///
  /// - Parameters:
  ///   - keys: The key folder; an absent one by default.
  ///   - shell: A script that is to `exec "$@"`.
  static func run(
    _ arguments: [String], keys: FilePath? = nil, shell: String? = nil, input: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Result {
    let process = try Running(arguments, keys: keys, shell: shell, environment: environment)
    if let input { try process.input.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try process.input.fileHandleForWriting.close()
    return process.finish()
  }

  /// A run that goes on.
  // It is used by the test, then by the thread that waits for its end, never by both at once:
  // hence the Sendable.
  final class Running: @unchecked Sendable {
    let process = Process()
    let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private var head = Data()

    init(
      _ arguments: [String], keys: FilePath?, shell: String? = nil,
      environment more: [String: String] = [:]
    ) throws {
      process.executableURL = URL(fileURLWithPath: shell == nil ? Tool.path : "/bin/sh")
      process.arguments =
        shell.map { ["-c", $0, "sh", Tool.path] + arguments } ?? arguments
      var environment = ProcessInfo.processInfo.environment
      environment["TAPEDECK_KEYS"] = keys?.string ?? "/nonexistent/keys"
      environment["SWIFT_BACKTRACE"] = "enable=no"
      environment["LC_ALL"] = "C.UTF-8"
      // Nothing of whoever runs the tests.
      for name in ["DISCORD_BOT_TOKEN", "CREDENTIALS_DIRECTORY", "SSL_CERT_FILE"] {
        environment[name] = nil
      }
      environment.merge(more) { $1 }
      process.environment = environment
      process.standardInput = input
      process.standardOutput = output
      process.standardError = errors
      try process.run()
    }

    /// Waits until the output holds a text.
    func waitForOutput(_ text: String) {
      while !String(decoding: head, as: UTF8.self).contains(text) {
        let more = output.fileHandleForReading.availableData
        if more.isEmpty { return }
        head += more
      }
    }

    /// Waits on a thread of its own, so that the test's can serve the program.
    func finished() async -> Result {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: self.finish()) }
      }
    }

    func finish() -> Result {
      // Both pipes at once: a program that fills one must not wait for us at the other.
      let errorReader = PipeReader(errors)
      let rest = output.fileHandleForReading.readDataToEndOfFile()
      let errorText = errorReader.text()
      process.waitUntilExit()
      let isExit = process.terminationReason == .exit
      return Result(
        status: isExit ? process.terminationStatus : -process.terminationStatus,
        output: String(decoding: head + rest, as: UTF8.self), errors: errorText)
    }
  }

  /// Reads a pipe to its end on a thread.
  private final class PipeReader: @unchecked Sendable {
    // Written by the thread before it signals, read by the owner after: hence the Sendable.
    private var data = Data()
    private let done = DispatchSemaphore(value: 0)

    init(_ pipe: Pipe) {
      let handle = pipe.fileHandleForReading
      Thread.detachNewThread {
        self.data = handle.readDataToEndOfFile()
        self.done.signal()
      }
    }

    func text() -> String {
      done.wait()
      return String(decoding: data, as: UTF8.self)
    }
  }
}

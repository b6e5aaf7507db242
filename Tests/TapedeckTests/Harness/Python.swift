import Foundation
import Testing

/// Checks by somebody else's code.
enum Python {
  static func has(_ module: String) -> Bool { status("import \(module)", []).0 == 0 }

  /// Runs a script, which fails by an exception.
  static func run(_ script: String, _ arguments: [String]) throws {
    let (status, errors) = status(script, arguments)
    #expect(status == 0, "\(errors)")
  }

  /// The exit status of a script, and what it wrote to standard error.
  static func status(_ script: String, _ arguments: [String]) -> (Int32, String) {
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    process.standardError = errors
    do { try process.run() } catch { return (-1, "\(error)") }
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }
}

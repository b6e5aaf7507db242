internal import Glibc
internal import SystemPackage
internal import TestSupport
internal import Testing

/// Runs with a new folder, which is removed afterwards.
func withTemporaryFolder(_ body: (FilePath) throws -> Void) throws {
  let folder = try TemporaryFolder()
  try withExtendedLifetime(folder) { try body(folder.path) }
}

/// The first bytes of a file.
func contents(_ path: FilePath, limit: Int = 1 << 20) throws -> [UInt8] {
  let file = try FileDescriptor.open(path, .readOnly)
  return try file.closeAfter {
    try Array(unsafeUninitializedCapacity: limit) { buffer, count in
      while count < limit {
        let got = try file.read(
          into: .init(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
        if got == 0 { return }
        count += got
      }
    }
  }
}

func write(_ bytes: [UInt8], to path: FilePath) throws {
  let file = try FileDescriptor.open(
    path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
  try file.closeAfter { _ = try file.writeAll(bytes) }
}

/// Runs a program to its end and gives its exit code.
func run(_ program: String, _ arguments: [String]) -> Int32 {
  var strings = ([program] + arguments).map { strdup($0) }
  strings.append(nil)
  defer { strings.forEach { free($0) } }
  var process: pid_t = 0
  guard posix_spawn(&process, program, nil, nil, strings, environ) == 0 else { return -1 }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0 && errno == EINTR {}
  return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
}

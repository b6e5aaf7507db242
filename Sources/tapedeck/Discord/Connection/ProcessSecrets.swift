internal import CLinux
internal import Glibc

/// What a process that holds a token does to keep it to itself.
enum ProcessSecrets {
  /// No core dump, no other process of the same user may look into this one's memory.
  static func seal() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    tapedeck_forbid_dump()
  }

  /// Takes a variable out of the environment, so that no program that this one starts has it, nor
  /// whoever reads `/proc/PID/environ`.
  static func take(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    // The bytes themselves are what the kernel shows.
    var next = value
    while next.pointee != 0 {
      next.pointee = 0x78
      next += 1
    }
    unsetenv(name)
    return text
  }
}

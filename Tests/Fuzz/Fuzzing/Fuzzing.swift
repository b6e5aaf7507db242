internal import CFuzzer
internal import Glibc

/// Runs libFuzzer with the process' arguments.
///
/// SwiftPM names the main function of an executable itself, so libFuzzer's own is never asked for.
package func fuzz(
  _ body: @convention(c) (_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt
) -> Never {
  var count = CommandLine.argc
  // libFuzzer takes pointers that are never null, as C's argv holds up to its count.
  var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
  exit(LLVMFuzzerRunDriver(&count, &arguments, body))
}

/// The bytes libFuzzer gave.
package func input(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  [UInt8](UnsafeBufferPointer(start: bytes, count: count))
}

internal import CSodium

/// Secret bytes in memory of their own that is zeroed when the last owner lets go.
///
/// A class, so that copies of the values that hold one share the bytes instead of spreading them.
/// It prints as its length only.
package final class SecretBytes: @unchecked Sendable, CustomStringConvertible {
  // Written only before `init` returns and after the last reference is gone: hence the Sendable.
  private let storage: UnsafeMutablePointer<UInt8>

  package let count: Int

  /// Copies the bytes. The caller's own copy is the caller's to clear.
  package convenience init(_ bytes: Span<UInt8>) {
    self.init(count: bytes.count) { storage in
      for index in 0..<bytes.count { storage[index] = bytes[index] }
    }
  }

  package convenience init(_ bytes: [UInt8]) {
    self.init(bytes.span)
  }

  /// Takes over the bytes of an array that nobody else holds: they are overwritten there.
  package convenience init(wiping bytes: consuming [UInt8]) {
    self.init(bytes.span)
    wipe(&bytes)
  }

  /// Has `fill` write `count` bytes.
  init<E: Error>(
    count: Int, filledBy fill: (UnsafeMutablePointer<UInt8>) throws(E) -> Void
  ) throws(E) {
    self.count = count
    // Never of length 0: the C library wants an address even for no bytes.
    storage = .allocate(capacity: count + 1)
    storage.initialize(repeating: 0, count: count + 1)
    try fill(storage)
  }

  /// `count` bytes of the system's random generator.
  package static func random(count: Int) -> SecretBytes {
    SecretBytes(count: count) { randombytes_buf($0, count) }
  }

  deinit {
    sodium_memzero(storage, count)
    storage.deallocate()
  }

  /// Lends the bytes.
  package func withSpan<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeBufferPointer(start: storage, count: count).span)
  }

  /// A copy that nobody zeroes; for tests and for text that is shown anyway.
  package func copy() -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: storage, count: count))
  }

  func withPointer<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
    body(UnsafePointer(storage))
  }

  package var description: String { "\(count) secret bytes" }
}

/// Overwrites an array's bytes and empties it. Only the last copy's memory can be reached, so
/// secrets that must not linger live in ``SecretBytes``.
package func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { sodium_memzero(base, $0.count) } }
  bytes.removeAll()
}

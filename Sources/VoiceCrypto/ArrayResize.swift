extension [UInt8] {
  /// Sets the length without giving memory back, so that a reused array allocates only to grow.
  mutating func resize(to length: Int) {
    if count > length {
      removeLast(count - length)
    } else {
      append(contentsOf: repeatElement(0, count: length - count))
    }
  }
}

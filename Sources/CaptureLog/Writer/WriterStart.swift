/// Where a writer begins: at zero, or behind what a capture holds already.
struct WriterStart: Sendable, Equatable {
  /// The number of the first segment it writes.
  var segment: UInt32 = 0
  /// The running number of its first block.
  var number: UInt64 = 0
  /// How many connections the capture has.
  var connections: UInt32 = 0
}

extension DatagramAddresses {
  /// For packets of a connection whose addresses were never told: they are kept all the same.
  static let unknown: DatagramAddresses = {
    let any = [UInt8](repeating: 0, count: 4)
    guard
      let addresses = DatagramAddresses(
        localAddress: any, localPort: 0, remoteAddress: any, remotePort: 0)
    else { preconditionFailure("two IPv4 addresses are always taken") }
    return addresses
  }()
}

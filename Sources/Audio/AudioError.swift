/// What the audio layer can refuse or fail at.
package enum AudioError: Error, Equatable, Sendable {
  /// A rate, channel count, duration or position that the callee does not support; the text says which.
  case invalidParameter(String)
  /// The bytes are not an Opus packet (RFC 6716 section 3.4).
  case malformedPacket(OpusPacketFault)
  /// libopus refused a packet that parses; its error code.
  case undecodable(Int32)
  /// An error of a library that should not happen with valid parameters.
  case library(name: String, message: String)
  /// The file system is full, or a quota is used up.
  case noSpace(path: String)
  /// A file could not be opened, read or written; `errno`, or 0 where the library gives none.
  case file(path: String, errno: Int32, message: String)
}

extension AudioError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidParameter(let text): text
    case .malformedPacket(let fault): "not an Opus packet: \(fault)"
    case .undecodable(let code): "libopus cannot decode the packet (\(code))"
    case .library(let name, let message): "\(name): \(message)"
    case .noSpace(let path): "\(path): no space left on the device"
    case .file(let path, _, let message): "\(path): \(message)"
    }
  }
}

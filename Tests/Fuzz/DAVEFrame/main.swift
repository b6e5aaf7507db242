internal import DAVEFrames
internal import Fuzzing
internal import VoiceCrypto

fuzz { bytes, count in
  let bytes = input(bytes, count)
  let secret = [UInt8](0..<16)
  guard var opener = try? FrameOpener(baseSecret: secret) else { return 1 }
  var output: [UInt8] = []
  // As it is: no forged frame opens, but for the silence that is never sealed.
  let opened: Void? = try? opener.open(bytes.span, into: &output)
  precondition(opened == nil || DAVEFrame.isSilence(bytes.span))

  // As the plaintext of a sealed frame, the first bytes telling what of it stays in the clear.
  guard bytes.count >= 4, var sealer = try? FrameSealer(baseSecret: secret) else { return 0 }
  let plaintext = [UInt8](bytes[3...])
  let range = DAVEFrame.Range(offset: Int(bytes[0]), length: Int(bytes[1]))
  var frame: [UInt8] = []
  guard
    (try? sealer.seal(
      plaintext.span, unencryptedRanges: range.length > 0 ? [range] : [], into: &frame)) != nil
  else { return 0 }
  var damaged = frame
  // Body or tag: which bytes are in the clear is not authenticated, only their values are.
  damaged[Int(bytes[2]) % (plaintext.count + 8)] ^= 1
  let forged: Void? = try? opener.open(damaged.span, into: &output)
  precondition(forged == nil)
  do {
    try opener.open(frame.span, into: &output)
  } catch {
    preconditionFailure("a sealed frame does not open: \(error)")
  }
  precondition(output == plaintext)
  return 0
}

internal import DAVE
internal import Fuzzing

/// Altered messages of the voice gateway on a session that waits for the good ones.
///
/// The first byte chooses the message, the others are changes to it: place (2 bytes), kind, value.
/// A case whose message comes out unaltered says nothing and is skipped.
///
/// In the build without signatures and tags (TAPEDECK_FUZZ_STUB) altered ops 27 and 29 may be taken,
/// as whoever signs could send them; then only traps count.
private let scene = Scene()

fuzz { bytes, count in
  let bytes = input(bytes, count)
  guard let kind = bytes.first else { return 1 }
  let change = Array(bytes.dropFirst())
  switch kind % 8 {
  case 0: scene.proposals(change, of: scene.append)
  case 1: scene.proposals(change, of: scene.removal)
  case 2: scene.commit(change, of: scene.addition)
  case 3: scene.commit(change, of: scene.path)
  case 4: scene.welcome(Scene.altered(scene.greeting.bytes, change))
  case 5: scene.externalSender(Scene.altered(scene.sender, change))
  case 6: scene.rubbish(change, 27)
  default: scene.rubbish(Array(change.dropFirst()), change.first ?? 29)
  }
  return 0
}

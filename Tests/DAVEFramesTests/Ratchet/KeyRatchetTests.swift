internal import FoundationEssentials
internal import TestSupport
internal import Testing
internal import VoiceCrypto

@testable import DAVEFrames

@Suite("Key ratchet")
struct KeyRatchetTests {
  @Test("derivations of the MLS working group's test vectors, suite 2")
  func basics() {
    // mls-implementations, crypto-basics.json
    let tree = TreeSecret.derive(
      SecretBytes(hex("62db8a06300e98dbfd2c831e18544873cec3a2c1ba852fcee8423ff3c08e397e")),
      label: "DeriveTreeSecret", generation: 2_694_881_440, length: 32)
    #expect(
      tree.copy() == hex("298ab27d2e621d9fc079126d9ffce5259fa0d58697267b40bfadf805b01d0d3c"))
    let expanded = TreeSecret.expand(
      SecretBytes(hex("194d4e81c3f9fcfbc40e2cf3f5b104d0f51e71b5a7f1e4ddd70cc8d4a3620e5f")),
      label: "ExpandWithLabel",
      context: hex("453c420d63ecb1a8da89d3569770c42bad572864f3709d1e9dd19a0961cbf5e1"),
      length: 16)
    #expect(expanded.copy() == hex("5710680c556304f4aec67aab4abbc1b1"))
  }

  @Test(
    "keys of generations 0 and 15 of the MLS working group's secret trees",
    .enabled(if: SecretTreeVectors.load() != nil, "needs shared/mls-vectors beside the package"))
  func secretTree() throws {
    let vectors = try #require(SecretTreeVectors.load())
    var compared = 0
    for vector in vectors where vector.cipherSuite == 2 {
      for (index, leaf) in vector.leaves.enumerated() {
        let secret = leafSecret(
          index, of: vector.leaves.count, root: SecretBytes(hex(vector.encryptionSecret)))
        let kinds: [(String, KeyPath<SecretTreeVectors.Leaf, String>)] = [
          ("application", \.applicationKey), ("handshake", \.handshakeKey),
        ]
        for (label, kind) in kinds {
          var ratchet = KeyRatchet(
            baseSecret: TreeSecret.expand(secret, label: label, context: [], length: 32))
          for entry in leaf {
            while ratchet.generation < entry.generation { ratchet.advance() }
            #expect(ratchet.key().copy() == hex(entry[keyPath: kind]))
            compared += 1
          }
        }
      }
    }
    #expect(compared >= 4)
  }

  /// The secret of a leaf of a balanced tree (RFC 9420 section 9).
  private func leafSecret(_ index: Int, of count: Int, root: SecretBytes) -> SecretBytes {
    guard count > 1 else { return root }
    let half = count / 2
    let side = index < half ? "left" : "right"
    let child = TreeSecret.expand(root, label: "tree", context: [UInt8](side.utf8), length: 32)
    return leafSecret(index % half, of: half, root: child)
  }

  @Test("the first secret may have 16 bytes; generations differ")
  func generations() {
    var ratchet = KeyRatchet(baseSecret: SecretBytes([UInt8](repeating: 5, count: 16)))
    var keys: Set<[UInt8]> = []
    for _ in 0..<300 {
      keys.insert(ratchet.key().copy())
      ratchet.advance()
    }
    #expect(keys.count == 300)
    #expect(ratchet.generation == 300)
  }

  @Test(
    "the whole generation is the first, from the oldest on, with the byte on the wire",
    arguments: [
      (0, 0, 0), (0, 7, 7), (0, 255, 255), (7, 6, 262), (7, 7, 7), (254, 255, 255), (254, 0, 256),
      (255, 254, 510), (256, 0, 256), (300, 44, 300), (300, 43, 555), (511, 0, 512),
    ] as [(UInt64, UInt32, UInt64)])
  func wrap(oldest: UInt64, byte: UInt32, generation: UInt64) {
    let counter = FrameCounter(wire: byte << 24 | 0x123456, oldest: oldest)
    #expect(counter.generation == generation)
    #expect(counter.count == 0x123456)
    #expect(counter.wire == byte << 24 | 0x123456)
    #expect(counter.position == generation << 24 | 0x123456)
  }
}

/// `secret-tree.json` of the MLS working group, where this checkout has it beside it.
enum SecretTreeVectors {
  struct Leaf: Decodable {
    var generation: UInt64
    var applicationKey, handshakeKey: String

    private enum CodingKeys: String, CodingKey {
      case generation
      case applicationKey = "application_key"
      case handshakeKey = "handshake_key"
    }
  }

  struct Vector: Decodable {
    var cipherSuite: Int
    var encryptionSecret: String
    var leaves: [[Leaf]]

    private enum CodingKeys: String, CodingKey {
      case cipherSuite = "cipher_suite"
      case encryptionSecret = "encryption_secret"
      case leaves
    }
  }

  /// `shared` lies beside the package, or beside the folder that holds it.
  static func load(from file: String = #filePath) -> [Vector]? {
    var folder = URL(filePath: file)
    for _ in 0..<6 {
      folder.deleteLastPathComponent()
      let path = folder.appending(path: "shared/mls-vectors/secret-tree.json")
      if let data = try? Data(contentsOf: path) {
        return try? JSONDecoder().decode([Vector].self, from: data)
      }
    }
    return nil
  }
}

import Testing

@testable import MLS

@Suite(.enabled(if: Vectors.arePresent, Vectors.absence))
struct BasicVectorTests {
  struct CryptoBasics: Decodable {
    struct Derivation: Decodable {
      var secret: Hex
      var label: String
      var context: Hex?
      var generation: UInt32?
      var length: Int?
      var out: Hex
    }
    struct RefHash: Decodable {
      var label: String
      var value: Hex
      var out: Hex
    }
    struct Signature: Decodable {
      var priv: Hex
      var pub: Hex
      var content: Hex
      var label: String
      var signature: Hex
    }
    struct Encryption: Decodable {
      var priv: Hex
      var pub: Hex
      var label: String
      var context: Hex
      var plaintext: Hex
      var kem_output: Hex
      var ciphertext: Hex
    }
    var ref_hash: RefHash
    var expand_with_label: Derivation
    var derive_secret: Derivation
    var derive_tree_secret: Derivation
    var sign_with_label: Signature
    var encrypt_with_label: Encryption
  }

  @Test func cryptoBasics() throws {
    let cases = try Vectors.cases("crypto-basics", of: CryptoBasics.self)
    #expect(!cases.isEmpty)
    for vector in cases {
      let hash = vector.ref_hash
      #expect(Suite.refHash(label: hash.label, hash.value.bytes) == hash.out.bytes)
      let expand = vector.expand_with_label
      #expect(
        Suite.expandWithLabel(
          expand.secret.bytes, label: expand.label, context: try #require(expand.context).bytes,
          length: try #require(expand.length)) == expand.out.bytes)
      let derive = vector.derive_secret
      #expect(Suite.deriveSecret(derive.secret.bytes, label: derive.label) == derive.out.bytes)
      let tree = vector.derive_tree_secret
      #expect(
        Suite.deriveTreeSecret(
          tree.secret.bytes, label: tree.label, generation: try #require(tree.generation),
          length: try #require(tree.length)) == tree.out.bytes)

      let sign = vector.sign_with_label
      let key = try SigningKey(scalar: sign.priv.bytes)
      #expect(key.publicKey == sign.pub.bytes)
      let content = sign.content.bytes
      #expect(
        Suite.verify(
          sign.signature.bytes, publicKey: sign.pub.bytes, label: sign.label, content))
      let own = try key.sign(label: sign.label, content)
      #expect(Suite.verify(own, publicKey: sign.pub.bytes, label: sign.label, content))
      #expect(!Suite.verify(own, publicKey: sign.pub.bytes, label: "Other", content))

      let seal = vector.encrypt_with_label
      let opener = try DecryptionKey(scalar: seal.priv.bytes)
      #expect(opener.publicKey == seal.pub.bytes)
      let given = HPKECiphertext(
        kemOutput: seal.kem_output.bytes, ciphertext: seal.ciphertext.bytes)
      #expect(
        try opener.open(given, label: seal.label, context: seal.context.bytes)
          == seal.plaintext.bytes)
      let sealed = try Suite.seal(
        seal.plaintext.bytes, to: seal.pub.bytes, label: seal.label, context: seal.context.bytes)
      #expect(
        try opener.open(sealed, label: seal.label, context: seal.context.bytes)
          == seal.plaintext.bytes)
      #expect(throws: MLSError.self) {
        try opener.open(sealed, label: seal.label, context: seal.context.bytes + [0])
      }
    }
    Vectors.report("crypto-basics", cases: cases.count, checks: cases.count * 9)
  }

  struct Header: Decodable {
    var vlbytes_header: Hex
    var length: Int
  }

  @Test func vectorHeaders() throws {
    let cases = try Vectors.cases("deserialization", of: Header.self)
    #expect(!cases.isEmpty)
    for vector in cases {
      var reader = WireReader(vector.vlbytes_header.bytes)
      #expect(try reader.vectorLength() == vector.length)
    }
    Vectors.report("deserialization", cases: cases.count, checks: cases.count)
  }

  struct TreeMathCase: Decodable {
    var n_leaves: Int
    var n_nodes: Int
    var root: Int
    var left: [Int?]
    var right: [Int?]
    var parent: [Int?]
    var sibling: [Int?]
  }

  @Test func treeMath() throws {
    let cases = try Vectors.cases("tree-math", of: TreeMathCase.self)
    #expect(!cases.isEmpty)
    var checks = 0
    for vector in cases {
      #expect(TreeMath.nodeCount(leaves: vector.n_leaves) == vector.n_nodes)
      #expect(TreeMath.root(leaves: vector.n_leaves) == vector.root)
      for node in 0..<vector.n_nodes {
        #expect(TreeMath.left(node) == vector.left[node])
        #expect(TreeMath.right(node) == vector.right[node])
        #expect(TreeMath.parent(node, leaves: vector.n_leaves) == vector.parent[node])
        #expect(TreeMath.sibling(node, leaves: vector.n_leaves) == vector.sibling[node])
        checks += 4
      }
    }
    Vectors.report("tree-math", cases: cases.count, checks: checks)
  }

  struct SecretTree: Decodable {
    struct Generation: Decodable {
      var generation: UInt32
      var application_key: Hex
      var handshake_key: Hex
    }
    var encryption_secret: Hex
    var leaves: [[Generation]]
  }

  /// DAVE needs the ratchet of RFC 9420, section 9.1, alone; the tree above it is this test's.
  @Test func hashRatchet() throws {
    let cases = try Vectors.cases("secret-tree", of: SecretTree.self)
    #expect(!cases.isEmpty)
    var checks = 0
    for vector in cases {
      let root = TreeMath.root(leaves: vector.leaves.count)
      var secrets = [root: vector.encryption_secret.bytes]
      func secret(_ node: Int) -> [UInt8] {
        if let known = secrets[node] { return known }
        guard let parent = TreeMath.parent(node, leaves: vector.leaves.count) else { return [] }
        let side = node < parent ? "left" : "right"
        let secret = Suite.expandWithLabel(
          secret(parent), label: "tree", context: Array(side.utf8), length: 32)
        secrets[node] = secret
        return secret
      }
      for (leaf, generations) in vector.leaves.enumerated() {
        for (label, key) in [
          ("application", \SecretTree.Generation.application_key),
          ("handshake", \SecretTree.Generation.handshake_key),
        ] {
          var ratchet = Suite.expandWithLabel(
            secret(leaf * 2), label: label, context: [], length: 32)
          var next: UInt32 = 0
          for expected in generations {
            while next < expected.generation {
              ratchet = Suite.deriveTreeSecret(
                ratchet, label: "secret", generation: next, length: 32)
              next += 1
            }
            #expect(
              Suite.deriveTreeSecret(ratchet, label: "key", generation: next, length: 16)
                == expected[keyPath: key].bytes)
            checks += 1
          }
        }
      }
    }
    Vectors.report("secret-tree", cases: cases.count, checks: checks)
  }
}

/// What a capture's key log gave, as render needs it.
struct SessionKeys: Sendable {
  var keys = RenderKeys()
  var names: [String: Manifest.Names] = [:]
  var bots: Set<String> = []
  /// Records that none of the given keys opens, or that are damaged.
  var unopened = 0
}

internal import Glibc
public import SystemPackage
internal import VoiceCrypto

/// The folder of operator keys: `<id>.key` (0600) and `<id>.pub`.
public struct OperatorKeyStore: Sendable {
  /// A key of the folder.
  public struct Listing: Sendable, Equatable {
    public var publicKey: OperatorPublicKey
    /// Whether the private half is there.
    public var hasPrivateKey: Bool
  }

  public let folder: FilePath

  public init(folder: FilePath) {
    self.folder = folder
  }

  /// `$TAPEDECK_KEYS`, else `$XDG_CONFIG_HOME/tapedeck/keys`, else `~/.config/tapedeck/keys`.
  public static func standard() -> OperatorKeyStore {
    standard { name in getenv(name).map { String(cString: $0) } }
  }

  static func standard(environment: (String) -> String?) -> OperatorKeyStore {
    func variable(_ name: String) -> String? {
      environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }
    if let keys = variable("TAPEDECK_KEYS") { return OperatorKeyStore(folder: FilePath(keys)) }
    // The XDG rules say to ignore a relative path.
    if let config = variable("XDG_CONFIG_HOME").map({ FilePath($0) }), config.isAbsolute {
      return OperatorKeyStore(folder: config.appending("tapedeck").appending("keys"))
    }
    let home = FilePath(variable("HOME") ?? "/")
    return OperatorKeyStore(
      folder: home.appending(".config").appending("tapedeck").appending("keys"))
  }

  /// Makes a key pair and writes both files; never overwrites.
  ///
  /// - Returns: the key and the path of its private file.
  /// - Throws: `.invalid` for a name that cannot be written, `.notPermitted`, `.noSpace`, `.io`.
  public func create(
    name: String = ""
  ) throws(CaptureError) -> (key: OperatorKey, path: FilePath) {
    let key = try OperatorKey.generate(name: try OperatorKeyFile.checkedName(name))
    let path = try add(key)
    return (key, path)
  }

  /// Writes both files of a key; leaves alone what is there already.
  ///
  /// - Returns: the path of the private file.
  /// - Throws: `.exists` when the private file is there, `.notPermitted`, `.noSpace`, `.io`.
  @discardableResult
  public func add(_ key: OperatorKey) throws(CaptureError) -> FilePath {
    try makeFolder()
    let path = folder.appending(key.id + ".key")
    try NewFile.write(OperatorKeyFile.privateText(key), to: path)
    let publicPath = folder.appending(key.id + ".pub")
    do {
      try NewFile.write(
        SecretBytes(OperatorKeyFile.publicText(key.publicKey)), to: publicPath,
        isForEverybody: true)
    } catch {
      guard error.code == .exists else { throw error }
    }
    return path
  }

  /// The keys of the folder, by id; files that are no keys are left out. An absent folder is empty.
  ///
  /// - Throws: `.notPermitted`, `.io`.
  public func list() throws(CaptureError) -> [Listing] {
    var found: [String: Listing] = [:]
    for name in try names() where name.hasSuffix(".pub") {
      guard let key = try? Self.loadPublic(folder.appending(name)) else { continue }
      found[key.id] = Listing(publicKey: key, hasPrivateKey: false)
    }
    for key in try privateKeys() {
      found[key.id] = Listing(publicKey: key.publicKey, hasPrivateKey: true)
    }
    return found.values.sorted { $0.publicKey.id < $1.publicKey.id }
  }

  /// The private keys of the folder, by id; files that are no keys are left out.
  ///
  /// - Throws: `.notPermitted`, `.io`.
  public func privateKeys() throws(CaptureError) -> [OperatorKey] {
    var keys: [OperatorKey] = []
    for name in try names() where name.hasSuffix(".key") {
      guard let key = try? Self.load(folder.appending(name), source: .folder),
        !keys.contains(where: { $0.id == key.id })
      else { continue }
      keys.append(key)
    }
    return keys.sorted { $0.id < $1.id }
  }

  /// The public keys of the folder: what `record` seals to unless told otherwise.
  ///
  /// - Throws: `.notPermitted`, `.io`.
  public func publicKeys() throws(CaptureError) -> [OperatorPublicKey] {
    try list().map(\.publicKey)
  }

  /// The private keys in the named files, or those of the folder when none is named.
  ///
  /// - Throws: as ``load(_:source:)`` and ``privateKeys()``.
  public func keys(named files: [FilePath]) throws(CaptureError) -> [OperatorKey] {
    guard !files.isEmpty else { return try privateKeys() }
    var keys: [OperatorKey] = []
    for file in files { keys.append(try Self.load(file)) }
    return keys
  }

  /// Reads a private key file.
  ///
  /// - Throws: `.notFound`, `.notPermitted`, `.io`; `.badKey` when it holds no private key.
  public static func load(
    _ path: FilePath, source: OperatorKey.Source = .named
  ) throws(CaptureError) -> OperatorKey {
    let text = SecretBytes(wiping: try read(path))
    return try text.withSpan { span throws(CaptureError) in
      try OperatorKeyFile.parsePrivate(span, path: path, source: source)
    }
  }

  /// Reads a public key file.
  ///
  /// - Throws: `.notFound`, `.notPermitted`, `.io`; `.badKey` when it holds no public key.
  public static func loadPublic(_ path: FilePath) throws(CaptureError) -> OperatorPublicKey {
    let text = try read(path)
    return try OperatorKeyFile.parsePublic(text.span, path: path)
  }

  private static func read(_ path: FilePath) throws(CaptureError) -> [UInt8] {
    do {
      return try RegularFile.read(path, limit: OperatorKeyFile.maximumSize)
    } catch {
      if error.code == .invalid { throw CaptureError(.badKey, "\(path) is not a key file") }
      throw error
    }
  }

  private func names() throws(CaptureError) -> [String] {
    do {
      return try CaptureFolder.names(in: folder).sorted()
    } catch {
      if error.code == .notFound { return [] }
      throw error
    }
  }

  /// Makes the folder, 0700, and those above it.
  private func makeFolder() throws(CaptureError) {
    var path = folder.root.map { FilePath(root: $0) } ?? FilePath()
    for component in folder.components {
      path.append(component)
      let made = path.withPlatformString { mkdir($0, 0o700) }
      guard made != 0, errno != EEXIST else { continue }
      throw CaptureError(Errno(rawValue: errno), "cannot make \(path)")
    }
  }
}

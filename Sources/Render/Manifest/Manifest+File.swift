internal import FoundationEssentials
public import SystemPackage

extension Manifest {
  /// The manifest's name in a render's folder.
  public static let fileName = "manifest.json"

  /// Reads the manifest of a render.
  ///
  /// - Parameter folder: The folder that was rendered into.
  /// - Throws: ``RenderError/Code/noInput`` when there is none, ``RenderError/Code/badInput`` when it
  ///   cannot be understood.
  public init(contentsOf folder: FilePath) throws(RenderError) {
    let path = folder.appending(Self.fileName)
    guard FileSystem.exists(path) else { throw RenderError(.noInput, "there is no \(path)") }
    let bytes = try FileSystem.read(path, limit: 256 << 20)
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch {
      throw RenderError(.badInput, "\(path) is not a manifest")
    }
    guard schema == Self.currentSchema else {
      throw RenderError(.badInput, "\(path) is of a version that this program does not know")
    }
  }

  /// The bytes of `manifest.json`.
  package func encoded() throws(RenderError) -> [UInt8] { try JSONText.document(self) }
}

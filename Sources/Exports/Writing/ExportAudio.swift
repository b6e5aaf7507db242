internal import Glibc
internal import Render
internal import SystemPackage

/// How what an export writes names the audio: by its path in the render, or by a link in the export's
/// own folder.
struct ExportAudio {
  /// The export's folder while it is written.
  let folder: FilePath
  /// Where it will be: absolute.
  let destination: FilePath
  let isLinked: Bool

  /// A path that is good in every folder.
  ///
  /// - Parameter name: The file's name in the export, without extension, when it is linked.
  func absolutePath(of file: String, as name: String) throws(RenderError) -> String {
    guard isLinked else { return file }
    return destination.appending("audio").appending(try link(file, as: name, in: "audio")).string
  }

  /// A path from the export's folder where the audio is linked, else absolute.
  func path(of file: String, as name: String) throws(RenderError) -> String {
    guard isLinked else { return file }
    return "audio/" + (try link(file, as: name, in: "audio"))
  }

  /// Links (or copies, where the file system has no links) a file into a folder of the export.
  ///
  /// - Returns: Its name there.
  func link(_ file: String, as name: String, in subfolder: String) throws(RenderError) -> String {
    let source = FilePath(file)
    let name = name + (source.extension.map { "." + $0 } ?? "")
    let into = folder.appending(subfolder)
    if !FileSystem.exists(into) { try FileSystem.makeFolder(into) }
    let target = into.appending(name)
    guard Glibc.link(source.string, target.string) != 0 else { return name }
    switch errno {
    case EXDEV, EPERM, EMLINK, ENOTSUP: try FileSystem.copySparse(source, to: target)
    default: throw FileSystem.failure("link", target, errno: errno)
    }
    return name
  }
}

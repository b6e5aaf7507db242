internal import Render
internal import SystemPackage

/// Label tracks of Audacity (File, Import, Labels): `<track>.txt`, with start, end and the speaker
/// between tabs.
struct AudacityWriter: CorpusWriter {
  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError) {
    let folder = try corpus.makeFolder(part, in: folder)
    try corpus.forEachTrack(in: part) { track throws(RenderError) in
      var file = try LineFile(creating: folder.appending(track.recording + ".txt"))
      for piece in track.pieces {
        try file.append(
          line: "\(track.seconds(piece.start))\t\(track.seconds(piece.end))\t\(track.speaker)")
      }
      try file.flush()
    }
  }
}

internal import Render
internal import SystemPackage

/// What writes a corpus in a format.
protocol CorpusWriter {
  /// Writes a part of the corpus.
  ///
  /// - Parameters:
  ///   - part: Its index in ``Corpus/parts``, whose name is empty where nothing is split.
  ///   - folder: The export's folder, which exists; all parts share it.
  func write(
    _ corpus: Corpus, part: Int, to folder: FilePath, audio: ExportAudio
  ) throws(RenderError)
}

extension ExportFormat {
  var writer: any CorpusWriter {
    switch self {
    case .nemo: NeMoWriter()
    case .nemoDiarization: NeMoDiarizationWriter()
    case .lhotse: LhotseWriter()
    case .kaldi: KaldiWriter()
    case .speechbrain: SpeechBrainWriter()
    case .rttm: RTTMWriter()
    case .uem: UEMWriter()
    case .audiofolder: AudioFolderWriter()
    case .audacity: AudacityWriter()
    case .textgrid: TextGridWriter()
    }
  }
}

extension Corpus {
  /// `STEM` of a file or folder of a part: its name with the part's before it, where there is a split.
  func name(_ stem: String, part: Int) -> String {
    parts[part].name.isEmpty ? stem : parts[part].name + "_" + stem
  }

  /// The folder of a part, made when it is not there: the export's own where nothing is split.
  func makeFolder(_ part: Int, in folder: FilePath) throws(RenderError) -> FilePath {
    guard !parts[part].name.isEmpty else { return folder }
    let path = folder.appending(parts[part].name)
    if !FileSystem.exists(path) { try FileSystem.makeFolder(path) }
    return path
  }
}

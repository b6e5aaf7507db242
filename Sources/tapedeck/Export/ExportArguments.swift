public import ArgumentParser
public import Exports

/// `train=80,dev=10,test=10`.
struct SplitParts: ExpressibleByArgument {
  var parts: [ExportOptions.Part]

  init?(argument: String) {
    parts = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", omittingEmptySubsequences: false)
      guard pair.count == 2, let weight = Double(pair[1]) else { return nil }
      parts.append(ExportOptions.Part(name: String(pair[0]), weight: weight))
    }
  }
}

extension ExportFormat: ExpressibleByArgument {}
extension ExportOptions.Pieces: ExpressibleByArgument {}
extension ExportOptions.Audio: ExpressibleByArgument {}
extension ExportOptions.Split: ExpressibleByArgument {}

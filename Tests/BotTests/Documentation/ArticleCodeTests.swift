import Foundation
import Testing

/// The Swift in the articles is compiled by the consumer package (`Tests/Consumer/run`).
@Suite struct ArticleCodeTests {
  @Test func everySwiftBlockOfTheArticlesIsCompiled() throws {
    let compiled = try RepositoryText.files("swift", under: "Tests/Consumer/Sources").values
      .map(RepositoryText.onOneLine)
    var count = 0
    for (path, article) in try RepositoryText.files("md", under: "Sources") {
      for block in article.components(separatedBy: "```swift\n").dropFirst() {
        count += 1
        let code = RepositoryText.onOneLine(block.components(separatedBy: "```")[0])
        let isThere = compiled.contains { $0.contains(code) }
        #expect(isThere, "not in Tests/Consumer: a block of \(path): \(code.prefix(60))…")
      }
    }
    #expect(count >= 12)
  }

  @Test func theSamplesAreShort() throws {
    let samples = try RepositoryText.files("swift", under: "samples/Discord/Sources")
    #expect(samples.count == 4)
    for (path, text) in samples {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(lines <= 40, "\(path) has \(lines) lines")
    }
  }
}

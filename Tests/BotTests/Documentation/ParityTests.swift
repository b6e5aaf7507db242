import Testing

@Suite struct ParityTests {
  /// The tests that the table names.
  private static var named: [String] {
    get throws {
      let table = try RepositoryText.read("Sources/DiscordREST/Documentation.docc/Parity.md")
      let rows = table.split(separator: "\n").filter { $0.hasPrefix("| ") }
      let cells = rows.compactMap { $0.dropLast(2).components(" | ").last }
      return cells.flatMap { cell in
        cell.split(separator: "`").map(String.init).filter { $0.contains("Tests.") }
      }
    }
  }

  @Test func everyTestThatTheTableNamesExists() throws {
    let files = try RepositoryText.files("swift", under: "Tests").values.map { $0 }
    let named = try Self.named
    #expect(named.count >= 80)
    for name in named {
      let parts = name.split(separator: ".").map(String.init)
      let exists = files.contains { file in
        file.contains("struct \(parts[0])") && file.contains("func \(parts[1])(")
      }
      #expect(exists, "\(name) is no test")
    }
  }
}

extension Substring {
  fileprivate func components(_ separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self
    while let range = rest.firstRange(of: separator) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}

/// A table in plain text: columns padded to the widest cell, two spaces between them, no frame.
package struct TextTable: Sendable {
  private let header: [String]
  private var rows: [[String]] = []

  /// A table without rows.
  package init(_ header: [String]) {
    self.header = header
  }

  /// Adds a row; cells are foreign text and are sanitised, missing ones are empty.
  package mutating func append(_ cells: [String]) {
    rows.append(
      header.indices.map { index in
        cells.indices.contains(index) ? DisplayText.sanitized(cells[index], limit: 80) : ""
      })
  }

  /// The table, every line ended; empty without rows.
  package var text: String {
    if rows.isEmpty { return "" }
    let lines = [header] + rows
    let widths = header.indices.map { column in
      lines.reduce(0) { max($0, DisplayText.width($1[column])) }
    }
    return lines.reduce(into: "") { text, cells in
      var line = ""
      for (column, cell) in cells.enumerated() {
        line += cell
        if column < cells.count - 1 {
          line += String(repeating: " ", count: widths[column] - DisplayText.width(cell) + 2)
        }
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
  }
}

/// An object that is a row of a table.
public protocol TableRow {
  /// The headings.
  static var tableColumns: [String] { get }
  /// The cells, one for each heading; not yet sanitised.
  var tableCells: [String] { get }
}

extension Array where Element: TableRow {
  /// The list as a table in plain text, with headings; empty for an empty list.
  ///
  /// Control characters, line ends and whatever turns the direction of writing are escaped, so a
  /// hostile name stays within its line.
  public var table: String {
    var table = TextTable(Element.tableColumns)
    for element in self { table.append(element.tableCells) }
    return table.text
  }
}

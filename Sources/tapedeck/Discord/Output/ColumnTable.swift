/// A table for people, as wide as the terminal.
///
/// Cells are made harmless (``Terminal/escaped(_:limit:)``); where the terminal is too narrow the
/// flexible columns are cut, and where there is none nothing is.
struct ColumnTable {
  struct Column {
    var title: String
    /// Whether it gives way in a narrow terminal.
    var isFlexible = false
    var isNumber = false
  }

  var columns: [Column]
  var rows: [[String]]

  private static let gap = 2
  /// A flexible column is not cut further than this.
  private static let narrowest = 8

  init(_ columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows.map { row in
      columns.indices.map { row.indices.contains($0) ? Terminal.escaped(row[$0], limit: 400) : "" }
    }
  }

  /// The lines of the table.
  ///
  /// - Parameter width: Columns of the terminal; nil where there is none.
  func lines(width: Int?) -> [String] {
    let widths = fittedWidths(width)
    return ([columns.map(\.title)] + rows).map { row in
      var line = ""
      for (index, cell) in row.enumerated() {
        if index > 0 { line += String(repeating: " ", count: Self.gap) }
        let blanks = max(0, widths[index] - Terminal.columns(cell))
        if columns[index].isNumber {
          line += String(repeating: " ", count: blanks) + cell
        } else if blanks == 0 {
          line += Terminal.fitted(cell, to: widths[index])
        } else {
          line += cell + String(repeating: " ", count: blanks)
        }
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private func fittedWidths(_ width: Int?) -> [Int] {
    var widths = columns.indices.map { column in
      ([columns[column].title] + rows.map { $0[column] }).map(Terminal.columns).max() ?? 0
    }
    guard let width else { return widths }
    var excess = widths.reduce(0, +) + Self.gap * max(0, columns.count - 1) - width
    while excess > 0 {
      // The widest gives way first, so that short columns stay whole.
      let flexible = columns.indices.filter {
        columns[$0].isFlexible && widths[$0] > Self.narrowest
      }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
      let next = flexible.filter { $0 != widest }.map { widths[$0] }.max() ?? Self.narrowest
      let cut = min(excess, max(1, widths[widest] - max(next, Self.narrowest)))
      widths[widest] -= cut
      excess -= cut
    }
    return widths
  }
}

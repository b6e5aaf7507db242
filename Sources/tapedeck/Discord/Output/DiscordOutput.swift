internal import Glibc
internal import JSONValues

/// Where a command's results go: one JSON value, or tables and lines for people.
struct DiscordOutput: Sendable {
  let isJSON: Bool
  /// Columns of the terminal; nil where standard output is none.
  let width: Int?

  init(isJSON: Bool) {
    self.isJSON = isJSON
    width = isatty(STDOUT_FILENO) == 1 ? Terminal.width(STDOUT_FILENO) : nil
  }

  /// A list: an array of API objects as Discord sent them, or a table.
  func list(_ objects: [JSONValue], none: String, table: () -> ColumnTable) {
    if isJSON {
      print(JSONValue.array(objects).text())
    } else if objects.isEmpty {
      Tapedeck.writeError(none)
    } else {
      for line in table().lines(width: width) { print(line) }
    }
  }

  /// One result: a JSON value, or lines for people.
  func result(_ json: @autoclosure () -> JSONValue, _ lines: @autoclosure () -> [String]) {
    if isJSON {
      print(json().text())
    } else {
      for line in lines() { print(line) }
    }
  }

  /// A remark for people, on standard error.
  func note(_ text: String) {
    if !isJSON { Tapedeck.writeError(text) }
  }
}

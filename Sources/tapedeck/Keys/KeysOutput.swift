internal import JSONValues
internal import Render

/// What the `keys` commands print.
enum KeysOutput {
  static func printJSON(_ value: JSONValue) {
    print(value.text())
  }

  static func count(_ number: Int, _ one: String) -> String {
    "\(number) \(one)\(number == 1 ? "" : "s")"
  }
}

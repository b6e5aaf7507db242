internal import JSONValues
internal import Render

/// What the `keys` commands print.
enum KeysOutput {
  static func printJSON(_ value: JSONValue) {
    print(String(decoding: JSONLine.encode(value), as: UTF8.self))
  }

  static func count(_ number: Int, _ one: String) -> String {
    "\(number) \(one)\(number == 1 ? "" : "s")"
  }
}

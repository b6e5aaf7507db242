internal import JSONValues
internal import Testing

@Suite struct AccessTests {
  @Test func membersAndElements() {
    let value: JSONValue = ["list": [1, "two"], "name": "x"]
    #expect(value["list"]?[1]?.string == "two")
    #expect(value["list"]?[2] == nil)
    #expect(value["list"]?[-1] == nil)
    #expect(value["list"]?["name"] == nil)
    #expect(value["none"] == nil)
    #expect(value[0] == nil)
  }

  @Test func membersAreSetAndRemoved() {
    var value: JSONValue = ["a": 1]
    value["b"] = ["c": 2]
    value["b"]?["d"] = 3
    #expect(value == ["a": 1, "b": ["c": 2, "d": 3]])
    value["a"] = nil
    #expect(value == ["b": ["c": 2, "d": 3]])
    value["b"] = JSONValue.null
    #expect(value["b"] == JSONValue.null)
    var other: JSONValue = 5
    other["a"] = nil
    #expect(other == 5)
    other["a"] = true
    #expect(other == ["a": true])
  }

  @Test func kinds() {
    #expect((5 as JSONValue).integer == 5)
    #expect((5 as JSONValue).number == 5)
    #expect((5.0 as JSONValue).integer == 5)
    #expect((5.5 as JSONValue).integer == nil)
    #expect(JSONValue.number(1e300).integer == nil)
    #expect(JSONValue.number(.nan).integer == nil)
    #expect(JSONValue.number(9.3e18).integer == nil)
    #expect(("5" as JSONValue).integer == nil)
    #expect((true as JSONValue).integer == nil)
    #expect((true as JSONValue).bool == true)
    #expect((1 as JSONValue).bool == nil)
    #expect((nil as JSONValue).isNull)
    #expect(!("" as JSONValue).isNull)
    #expect(([1] as JSONValue).array == [1])
    #expect((["a": 1] as JSONValue).object == ["a": 1])
    #expect((["a": 1, "a": 2] as JSONValue)["a"] == 2)
    #expect(("\(1 + 1)" as JSONValue).string == "2")
  }
}

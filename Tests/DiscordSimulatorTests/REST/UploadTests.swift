import DiscordSimulator
import JSONValues
import Testing

@Suite("Uploads")
struct UploadTests {
  private func form(_ parts: [(String, String, [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    for (name, filename, bytes) in parts {
      body += Array("--XX\r\nContent-Disposition: form-data; name=\"\(name)\"".utf8)
      if !filename.isEmpty { body += Array("; filename=\"\(filename)\"".utf8) }
      body += Array("\r\n\r\n".utf8) + bytes + Array("\r\n".utf8)
    }
    return body + Array("--XX--\r\n".utf8)
  }

  private func post(
    _ scene: inout Scene, _ body: [UInt8], type: String = "multipart/form-data; boundary=XX"
  ) throws -> (Int, JSONValue) {
    let request = SimulatedRequest(
      method: "POST", target: "/api/v10/channels/\(scene.ids.general)/messages",
      headers: scene.headers(.bot) + [("Content-Type", type)], body: body)
    let answer = scene.world.handle(request, now: scene.now)
    return (answer.status, try JSONValue(parsing: answer.body))
  }

  @Test("Files are kept as they were, under a clean name, and served")
  func files() throws {
    var scene = Scene()
    scene.world.cdnBase = "http://127.0.0.1:9"
    let bytes: [UInt8] = [0, 13, 10, 45, 45, 88, 88, 255, 13, 10]
    let payload = #"{"content":"two","attachments":[{"id":1,"description":"the second"}]}"#
    let (status, json) = try post(
      &scene,
      form([
        ("payload_json", "", Array(payload.utf8)), ("files[0]", "../../a b?.txt", bytes),
        ("files[1]", "ünï.png", []),
      ]))
    #expect(status == 200)
    #expect(json["attachments"]?[0]?["filename"] == "a_b.txt")
    #expect(json["attachments"]?[0]?["size"] == 10)
    #expect(json["attachments"]?[1]?["filename"] == "n.png")
    #expect(json["attachments"]?[1]?["description"] == "the second")
    let url = try #require(json["attachments"]?[0]?["url"]?.string)
    let path = String(url.dropFirst("http://127.0.0.1:9".count))
    let file = scene.world.handle(SimulatedRequest(method: "GET", target: path), now: scene.now)
    #expect(file.body == bytes)
    #expect(file.status == 200)
    scene.world.delete(
      [try #require(json["id"]?.string.flatMap { UInt64($0) })], in: scene.ids.general)
    #expect(
      scene.world.handle(SimulatedRequest(method: "GET", target: path), now: scene.now).status
        == 404)
  }

  @Test("A file over the limit is 413 with 40005")
  func tooLarge() throws {
    var scene = Scene()
    scene.world.uploadLimit = 1000
    let large = [UInt8](repeating: 1, count: 1001)
    let (status, json) = try post(&scene, form([("files[0]", "a.bin", large)]))
    #expect(status == 413)
    #expect(json["code"] == 40005)
    #expect(try post(&scene, form([("files[0]", "a.bin", Array(large.dropLast()))])).0 == 200)
  }

  @Test("Broken forms are refused", arguments: ["", "--XX", "--XX\r\n", "--XX\r\nx\r\n--XX"])
  func broken(_ body: String) throws {
    var scene = Scene()
    let (status, json) = try post(&scene, Array(body.utf8))
    #expect(status == 400)
    #expect([50006, 50035].contains(json["code"]?.integer))
  }

  @Test("A form of fields with payload_json is a message too")
  func urlEncoded() throws {
    var scene = Scene()
    let body = "payload_json=%7B%22content%22%3A+%22a%26b%22%7D"
    let (status, json) = try post(
      &scene, Array(body.utf8), type: "application/x-www-form-urlencoded")
    #expect(status == 200)
    #expect(json["content"] == "a&b")
  }
}

internal import JSONValues

/// An error answer of the API.
struct APIFailure: Error {
  var status: Int
  var code: Int64
  var message: String
  /// The nested errors of an invalid form.
  var errors: JSONValue?
  /// Further fields of the body.
  var more: [String: JSONValue] = [:]

  init(_ status: Int, _ code: Int64, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  var response: SimulatedResponse {
    var body: [String: JSONValue] = ["message": .string(message), "code": .integer(code)]
    if let errors { body["errors"] = errors }
    body.merge(more) { $1 }
    return .json(.object(body), status: status)
  }

  static let unauthorized = APIFailure(401, 0, "401: Unauthorized")
  static let notFound = APIFailure(404, 0, "404: Not Found")
  static let methodNotAllowed = APIFailure(405, 0, "405: Method Not Allowed")
  static let missingAccess = APIFailure(403, 50001, "Missing Access")
  static let missingPermissions = APIFailure(403, 50013, "Missing Permissions")
  static let botsOnly = APIFailure(403, 20002, "Only bots can use this endpoint")
  static let usersOnly = APIFailure(403, 20001, "Bots cannot use this endpoint")
  static let tooLarge = APIFailure(413, 40005, "Request entity too large")
  static let invalidJSON = APIFailure(400, 50109, "The request body contains invalid JSON.")
  static let emptyMessage = APIFailure(400, 50006, "Cannot send an empty message")
  static let invalidWebhookToken = APIFailure(401, 50027, "Invalid Webhook Token")

  static let unknownApplication = APIFailure(404, 10002, "Unknown Application")
  static let unknownChannel = APIFailure(404, 10003, "Unknown Channel")
  static let unknownGuild = APIFailure(404, 10004, "Unknown Guild")
  static let unknownInvite = APIFailure(404, 10006, "Unknown Invite")
  static let unknownMember = APIFailure(404, 10007, "Unknown Member")
  static let unknownMessage = APIFailure(404, 10008, "Unknown Message")
  static let unknownRole = APIFailure(404, 10011, "Unknown Role")
  static let unknownUser = APIFailure(404, 10013, "Unknown User")
  static let unknownEmoji = APIFailure(400, 10014, "Unknown Emoji")
  static let unknownWebhook = APIFailure(404, 10015, "Unknown Webhook")
  static let unknownInteraction = APIFailure(404, 10062, "Unknown interaction")
  static let unknownCommand = APIFailure(404, 10063, "Unknown application command")
  static let unknownVoiceState = APIFailure(404, 10065, "Unknown Voice State")
  static let unknownEvent = APIFailure(404, 10070, "Unknown Guild Scheduled Event")

  /// 50035 with one error at a place such as `["embeds", "0", "title"]`.
  static func form(_ path: [String], _ code: String, _ message: String) -> APIFailure {
    var errors = FormErrors()
    errors.add(path, code, message)
    return errors.failure
  }

  /// 50035 for something that is no id.
  static func notSnowflake(_ field: String, _ value: String) -> APIFailure {
    form([field], "NUMBER_TYPE_COERCE", "Value \"\(value)\" is not snowflake.")
  }
}

/// The errors of a form, nested as the form is.
struct FormErrors {
  private var root: JSONValue = [:]

  var isEmpty: Bool { root == [:] }

  var failure: APIFailure {
    var failure = APIFailure(400, 50035, "Invalid Form Body")
    failure.errors = root
    return failure
  }

  mutating func add(_ path: [String], _ code: String, _ message: String) {
    root = Self.adding(
      ["code": .string(code), "message": .string(message)], at: path[...], to: root)
  }

  func check() throws {
    if !isEmpty { throw failure }
  }

  private static func adding(
    _ error: JSONValue, at path: ArraySlice<String>, to value: JSONValue
  ) -> JSONValue {
    var object = value.object ?? [:]
    if let first = path.first {
      object[first] = adding(error, at: path.dropFirst(), to: object[first] ?? [:])
    } else {
      object["_errors"] = .array((object["_errors"]?.array ?? []) + [error])
    }
    return .object(object)
  }
}

internal import JSONValues

/// Names of users and members.
enum MemberText {
  /// What Discord shows: the guild's nickname, else the global name, else the username.
  static func displayName(member: JSONValue?, user: JSONValue?) -> String {
    let user = user ?? member?["user"]
    return member?["nick"]?.string ?? user?["global_name"]?.string ?? user?["username"]?.string
      ?? "?"
  }

  static func table(_ members: [JSONValue]) -> ColumnTable {
    ColumnTable(
      [
        .init(title: "ID"), .init(title: "USERNAME", isFlexible: true),
        .init(title: "SHOWN AS", isFlexible: true), .init(title: "BOT"), .init(title: "JOINED"),
        .init(title: "ROLES", isNumber: true),
      ],
      rows: members.map { member in
        [
          member["user"]?["id"]?.string ?? "", member["user"]?["username"]?.string ?? "",
          displayName(member: member, user: nil), member["user"]?["bot"]?.bool == true ? "bot" : "",
          String((member["joined_at"]?.string ?? "").prefix(10)),
          "\(member["roles"]?.array?.count ?? 0)",
        ]
      })
  }
}

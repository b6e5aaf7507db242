package import JSONValues

/// Something that goes wrong with calls of one kind, as data.
package struct Fault: Sendable, Equatable {
  /// The body of an answer that is an error.
  package enum Body: Sendable, Equatable {
    /// Discord's form of an error, or any other JSON.
    case json(JSONValue)
    /// A page of a proxy.
    case html
    /// Nothing.
    case empty
  }

  /// What happens.
  package enum Effect: Sendable, Equatable {
    /// An answer in place of the right one; the call has no effect.
    case status(Int, Body = .html)
    /// 429; the seconds may have fractions. Without JSON it is the proxy's.
    case rateLimited(seconds: Double, global: Bool = false, json: Bool = true)
    /// The connection is reset before the call has an effect.
    case reset
    /// The call takes effect, then the connection is reset.
    case resetAfterEffect
    /// The call takes effect; the answer comes so much later.
    case slow(Duration)
    /// The right answer's head, and only so many bytes of its body.
    case truncated(Int)
    /// 200 with a body that is no JSON.
    case brokenJSON
    /// 200 with this in place of the right body.
    case wrongJSON(JSONValue)
  }

  /// The method that it is for; nil for all.
  package var method: String?
  /// The paths that it is for, `*` for any one part: `/channels/*/messages`; `**` for all.
  package var path: String
  /// How many matching calls are let through before.
  package var skip: Int
  /// How many matching calls it is for then.
  package var count: Int
  /// What happens.
  package var effect: Effect

  /// A fault.
  package init(
    _ effect: Effect, method: String? = nil, path: String = "**", skip: Int = 0, count: Int = 1
  ) {
    self.method = method
    self.path = path
    self.skip = skip
    self.count = count
    self.effect = effect
  }

  /// Whether a call is one that the fault is for. The path begins below the version.
  package func matches(method: String, path: String) -> Bool {
    if let own = self.method, own != method { return false }
    if self.path == "**" { return true }
    let pattern = self.path.split(separator: "/")
    let parts = path.prefix { $0 != "?" }.split(separator: "/")
    return pattern.count == parts.count
      && zip(pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
  }
}

/// Faults still to come; the first that matches a call is used.
package struct FaultPlan: Sendable, Equatable {
  /// The faults, those used up taken away.
  package private(set) var faults: [Fault]

  /// A plan.
  package init(_ faults: [Fault] = []) {
    self.faults = faults
  }

  /// Adds a fault.
  package mutating func add(_ fault: Fault) {
    faults.append(fault)
  }

  /// Takes what happens to this call; nil for nothing.
  package mutating func effect(method: String, path: String) -> Fault.Effect? {
    for index in faults.indices where faults[index].matches(method: method, path: path) {
      if faults[index].skip > 0 {
        faults[index].skip -= 1
        continue
      }
      let effect = faults[index].effect
      faults[index].count -= 1
      if faults[index].count <= 0 { faults.remove(at: index) }
      return effect
    }
    return nil
  }

  /// Faults of every kind, `count` of them, with up to five calls between two: all from the seed.
  package static func random(seed: UInt64, count: Int = 20) -> FaultPlan {
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      // SplitMix64.
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return (value ^ (value >> 31)) % bound
    }
    // Each call counts for all faults, so that one comes some calls after the one before.
    var skip = 0
    return FaultPlan(
      (0..<max(0, count)).map { _ in
        let effect: Fault.Effect =
          switch next(8) {
          case 0:
            .status(
              500,
              .json(
                .object(["message": .string("500: Internal Server Error"), "code": .integer(0)])))
          case 1: .status(502, .html)
          case 2: .status(503, .empty)
          case 3: .rateLimited(seconds: Double(next(900) + 100) / 1000)
          case 4: .rateLimited(seconds: 1, json: false)
          case 5: .reset
          case 6: .slow(.milliseconds(Int64(next(2000))))
          default: .truncated(Int(next(20)))
          }
        skip += Int(next(6))
        return Fault(effect, skip: skip)
      })
  }
}

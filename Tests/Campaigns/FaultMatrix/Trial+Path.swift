import DiscordSimulator

extension Trial {
  /// On the way of datagrams. What a fault drops or damages is its own; nothing else may be lost.
  static let path: [Trial] = [
    Trial("loss 20 %", limit: 0.1, .loss(0.2, for: .seconds(2)), for: .seconds(2)),
    Trial("burst of 25", limit: 0.1, .burst(packets: 25), for: .milliseconds(500)),
    Trial("reorder", limit: 0.1, .reorder(0.2, for: .seconds(2)), for: .seconds(2)),
    Trial("duplicate", limit: 0.1, .duplicate(0.3, for: .seconds(2)), for: .seconds(2)),
    Trial("corrupt", limit: 0.1, .corrupt(0.2, for: .seconds(2)), for: .seconds(2)),
    Trial("replay", limit: 0.1, .replay(0.5, for: .seconds(2)), for: .seconds(2)),
    Trial("forge", limit: 0.1, .forge(1, for: .seconds(2)), for: .seconds(2)),
    Trial(
      "delay 150 ms", limit: 0.1, .delay(.milliseconds(150), for: .seconds(2)),
      for: .milliseconds(2200)),
    Trial(
      "jitter 40 ms", limit: 0.1, .jitter(.milliseconds(40), for: .seconds(2)),
      for: .milliseconds(2500)),
    Trial("stall 2 s", limit: 0.1, .stall(.seconds(2)), for: .milliseconds(2200)),
    Trial(
      "blackout 1.5 s", limit: 2, .blackout(.milliseconds(1500)), for: .milliseconds(1500),
      deafens: true),
    Trial("blackout 15 s", limit: 2, .blackout(.seconds(15)), for: .seconds(15), deafens: true),
  ]
}

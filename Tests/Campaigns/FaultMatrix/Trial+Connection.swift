import DiscordSimulator

extension Trial {
  /// To the voice gateway's connection.
  static let connection: [Trial] =
    [
      Trial("drop (1006)", limit: 2, .drop),
      Trial("close 1001", limit: 2, .close(1001)),
      Trial("close 4015", limit: 2, .close(4015)),
      Trial("drop, replay repeated", limit: 2, .repeatReplay(10), .drop),
      // Known by the next heartbeat but one.
      Trial("silence", limit: 2, .silence, for: Booth.heartbeatInterval * 2),
      Trial(
        "muted acks", limit: Booth.heartbeatSeconds, .muteAcknowledgements,
        for: Booth.heartbeatInterval * 2),
      Trial("drop, resume refused", limit: 10, .refuseResumes(1), .drop),
      Trial("close 4006", limit: 10, .close(4006)),
      Trial("close 4009", limit: 10, .close(4009)),
      Trial("close 4011", limit: 10, .close(4011)),
      Trial("close 4004", limit: 10, .close(4004)),
      Trial("close 4014 alone", limit: 10, .close(4014)),
      Trial("4006, identify refused", limit: 10, .refuseIdentifies(4006, count: 1), .close(4006)),
      // Which is known after 5 s, and 2 s before that the same of the leave.
      Trial("4006, join ignored", limit: 15, .ignoreJoins(1), .close(4006)),
    ]
    + ([4001, 4002, 4003, 4005, 4012, 4016, 4020] as [UInt16]).map { code in
      Trial("close \(code)", limit: 10, .close(code), kind: .refusal)
    }
}

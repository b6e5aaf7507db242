import DiscordSimulator
import Recorder

extension Trial {
  /// To the call and its group, and to our place in it.
  static let call: [Trial] = [
    Trial("op 5 late", limit: 2) { booth in
      booth.inject(.lateSpeaking(.milliseconds(1500)))
      try await booth.guestVisits(for: .seconds(4))
      booth.inject(.lateSpeaking(.zero))
    },
    Trial("op 5 missing", limit: 2) { booth in
      booth.inject(.lateSpeaking(nil))
      try await booth.guestVisits(for: .seconds(4))
      booth.inject(.lateSpeaking(.zero))
    },
    Trial("bad commit", limit: 5) { booth in
      booth.inject(.badCommit)
      try await booth.guestVisits(for: .seconds(4))
    },
    Trial("bad welcome", limit: 5) { booth in
      booth.inject(.badWelcome)
      booth.inject(.close(4006))
    },
    Trial("bad commit twice", limit: 35) { booth in
      booth.inject(.badCommit)
      booth.guestComes()
      try await Task.sleep(for: .seconds(3))
      booth.inject(.badCommit)
      booth.guestGoes()
      try await Task.sleep(for: .seconds(3))
    },
    Trial("bad commit and welcome", limit: 35) { booth in
      booth.inject(.badCommit)
      booth.inject(.badWelcome)
      try await booth.guestVisits(for: .seconds(4))
    },
    Trial("migrate, update first", limit: 2, .migrate(.updateFirst, nullEndpointFirst: false)),
    Trial("migrate, close first", limit: 2, .migrate(.closeFirst, nullEndpointFirst: false)),
    Trial("migrate, null, update first", limit: 2, .migrate(.updateFirst, nullEndpointFirst: true)),
    Trial("migrate, null, close first", limit: 2, .migrate(.closeFirst, nullEndpointFirst: true)),
    Trial("moved away and back", limit: 2, deafens: true) { booth in
      booth.inject(.move(to: booth.otherChannel))
      try await Task.sleep(for: .seconds(3))
      booth.inject(.move(to: booth.channel))
    },
    Trial("AFK channel 12 s", limit: 2, deafens: true, alerting: .always(.afk)) { booth in
      booth.inject(.move(to: booth.afkChannel))
      try await Task.sleep(for: .seconds(12))
      booth.inject(.move(to: booth.channel))
    },
    Trial("deafened 12 s", limit: 2, deafens: true, alerting: .always(.deafened)) { booth in
      booth.inject(.deafen(true))
      try await Task.sleep(for: .seconds(12))
      booth.inject(.deafen(false))
    },
    Trial("muted 2 s", limit: 0.1) { booth in
      booth.inject(.mute(true))
      try await Task.sleep(for: .seconds(2))
      booth.inject(.mute(false))
    },
    Trial("downgrade, upgrade", limit: 2) { booth in
      booth.inject(.downgrade)
      try await Task.sleep(for: .seconds(3))
      booth.inject(.upgrade)
    },
    Trial("group re-created", limit: 2, .recreate),
  ]
}

import DiscordGateway
import Testing

@Suite struct GatewayURLTests {
  @Test(arguments: [
    ("wss://gateway.discord.gg", "wss://gateway.discord.gg/?v=10&encoding=json"),
    ("wss://gateway.discord.gg/", "wss://gateway.discord.gg/?v=10&encoding=json"),
    (
      "WSS://Gateway-US-East1-b.Discord.GG:443/x",
      "wss://gateway-us-east1-b.discord.gg:443/x?v=10&encoding=json"
    ),
    (
      "wss://gateway.discord.gg/?v=9&encoding=etf&compress=zlib-stream",
      "wss://gateway.discord.gg/?v=10&encoding=json"
    ),
  ])
  func discordsOwnAreTaken(url: String, result: String) {
    #expect(GatewayURL.connecting(to: url, allowsLoopback: false) == result)
    #expect(GatewayURL.connecting(to: url, allowsLoopback: true) == result)
  }

  @Test(arguments: [
    "", "wss:", "wss://", "wss:///", "gateway.discord.gg", "//gateway.discord.gg",
    "ws://gateway.discord.gg", "http://gateway.discord.gg", "https://gateway.discord.gg",
    "file:///etc/passwd", "javascript://gateway.discord.gg", "wss://discord.gg",
    "wss://discord.gg.evil.example", "wss://gateway.discord.gg.evil.example",
    "wss://evildiscord.gg", "wss://evil-discord.gg", "wss://discord.media.evil",
    "wss://gateway.discord.media", "wss://user@gateway.discord.gg",
    "wss://gateway.discord.gg@evil.example", "wss://gateway.discord.gg:443@evil.example",
    "wss://evil.example#.discord.gg", "wss://evil.example?.discord.gg",
    "wss://evil.example/.discord.gg", "wss://evil.example\\.discord.gg",
    "wss://gateway.discord.gg.", "wss://.discord.gg", "wss://a..discord.gg",
    "wss://gateway.discord.gg:0", "wss://gateway.discord.gg:65536", "wss://gateway.discord.gg:",
    "wss://gateway.discord.gg:443:443", "wss://gateway.discord.gg:+443",
    "wss://gateway.discord.gg:４４３", "wss://gateway%2ediscord.gg", "wss://gateway.discord.gg%00",
    "wss://gateway.discord.gg ", " wss://gateway.discord.gg", "wss://gate way.discord.gg",
    "wss://gateway.discord.gg\r\nHost: evil", "wss://gateway.discord.gg/a b",
    "wss://gateway.discord.gg/\r\nX: y", "wss://gateway.discord.gg/%0d%0a",
    "wss://ｇateway.discord.gg",
    "wss://gateway。discord.gg", "wss://gаteway.discord.gg", "wss://127.0.0.1", "wss://localhost",
    "wss://[::1]", "wss://[::ffff:127.0.0.1]", "wss://10.0.0.1", "wss://169.254.169.254",
    "wss://0x7f000001", "wss://2130706433", "wss://127.1", "wss://0177.0.0.1", "wss://0.0.0.0",
  ])
  func nothingElse(url: String) {
    #expect(GatewayURL.connecting(to: url, allowsLoopback: false) == nil)
  }

  @Test(arguments: [
    "ws://127.0.0.1:1234", "wss://127.0.0.1", "ws://localhost:80/gateway", "ws://[::1]:8080",
    "ws://127.8.9.255",
  ])
  func thisHostOnlyWhenTheAPIIsHere(url: String) {
    #expect(GatewayURL.connecting(to: url, allowsLoopback: true) != nil)
    #expect(GatewayURL.connecting(to: url, allowsLoopback: false) == nil)
  }

  @Test(arguments: [
    "ws://127.1", "ws://0x7f.0.0.1", "ws://0177.0.0.1", "ws://127.0.0.256", "ws://127.0.0.01",
    "ws://127.0.0.1.evil.example", "ws://127.0.0.1@evil.example", "ws://localhost.evil.example",
    "ws://[::ffff:127.0.0.1]", "ws://0.0.0.0", "ws://10.0.0.1", "ws://[::1", "ws://::1", "ws://1",
    "ws://2130706433", "http://127.0.0.1", "ws://gateway.discord.gg", "ws://evil.example",
    "wss://evil.example",
  ])
  func andNothingThatOnlyLooksLikeIt(url: String) {
    #expect(GatewayURL.connecting(to: url, allowsLoopback: true) == nil)
  }

  @Test func whereTheAPIIs() {
    #expect(GatewayURL.isLoopback(baseURL: "http://127.0.0.1:8080/api/v10"))
    #expect(GatewayURL.isLoopback(baseURL: "http://localhost/api/v10"))
    #expect(!GatewayURL.isLoopback(baseURL: "https://discord.com/api/v10"))
    #expect(!GatewayURL.isLoopback(baseURL: "http://127.0.0.1.evil.example/"))
  }
}

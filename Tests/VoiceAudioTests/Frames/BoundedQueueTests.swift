import DiscordREST
import Testing

@testable import VoiceAudio

@Suite(.timeLimit(.minutes(1))) struct BoundedQueueTests {
  @Test func aSlowReaderLosesTheOldest() async {
    let queue = BoundedQueue<Int>(limit: 4)
    for number in 0..<10 { queue.append(number) }
    queue.finish()
    #expect(queue.dropped == 6)
    var read: [Int] = []
    while let number = await queue.next() { read.append(number) }
    #expect(read == [6, 7, 8, 9])
  }

  @Test func aWaitingReaderIsGivenTheNext() async {
    let queue = BoundedQueue<Int>(limit: 4)
    async let first = queue.next()
    queue.append(1)
    #expect(await first == 1)
    #expect(queue.dropped == 0)
  }

  @Test func aCancelledReaderGetsTheEnd() async {
    let queue = BoundedQueue<Int>(limit: 4)
    let reader = Task { await queue.next() }
    reader.cancel()
    #expect(await reader.value == nil)
  }

  @Test func readersGetWhatTheyAskedForAndTheEndOfTheStay() async {
    let hub = FrameHub()
    #expect(!hub.isListening)
    let all = VoiceFrames(subscription: hub.subscribe(to: nil, limit: 8))
    let one = VoiceFrames(subscription: hub.subscribe(to: 2, limit: 8))
    #expect(hub.isListening)
    hub.publish([makeFrame(user: 1), makeFrame(user: 2), makeFrame(user: 1)])
    hub.finish()
    var users: [ID<User>] = []
    for await frame in all { users.append(frame.user) }
    #expect(users == [1, 2, 1])
    users = []
    for await frame in one { users.append(frame.user) }
    #expect(users == [2])
    // After the end there is nothing to wait for.
    for await _ in VoiceFrames(subscription: hub.subscribe(to: nil, limit: 8)) {
      Issue.record("a frame after the end")
    }
  }

  @Test func nobodyListensOnceTheReaderIsGone() {
    let hub = FrameHub()
    do {
      let frames = VoiceFrames(subscription: hub.subscribe(to: nil, limit: 8))
      #expect(hub.isListening)
      _ = frames
    }
    #expect(!hub.isListening)
  }
}

/// A frame of which only some fields matter.
func makeFrame(
  user: ID<User> = 1, sequence: Int64 = 0, rtpTime: Int64 = 0, lost: Int = 0,
  connection: UInt32 = 0, opus: [UInt8] = [0xF8, 0xFF, 0xFE]
) -> VoiceFrame {
  VoiceFrame(
    user: user, ssrc: 5, connection: connection, sequence: sequence, rtpTime: rtpTime, arrival: 0,
    lost: lost, opus: opus)
}

internal import DAVEFrames
internal import Glibc
internal import Logging
internal import Synchronization
internal import Threads
internal import VoiceCrypto

/// Opens what arrives while somebody listens, on a thread of its own: the receive thread only copies,
/// and the concurrency pool is kept free of cryptography.
final class Listener: Sendable {
  /// What the receiver is told besides datagrams.
  enum Command: Sendable {
    case connect(connection: UInt32, mode: TransportMode, key: [UInt8])
    case map(ssrc: UInt32, user: UInt64, connection: UInt32)
    case install(FrameEpoch, secrets: [UInt64: [UInt8]])
    case execute(FrameEpoch?)
    case plaintext(connection: UInt32, isAllowed: Bool)
  }

  private struct State {
    var commands: [Command] = []
    var counts = ListeningCounts()
    var isStopped = false
  }

  /// Nanoseconds between two looks at what waits for its turn.
  private static let tick: Int64 = 10_000_000
  private static let idle: Int64 = 1_000_000_000

  let hub = FrameHub()
  private let datagrams = DatagramQueue()
  private let state = Mutex(State())
  private let wakeup = Wakeup()
  private let thread = Mutex<JoinableThread?>(nil)

  /// - Parameter unreadable: told when keys fail although no transition explains it.
  func start(unreadable: @escaping @Sendable () -> Void) throws(ThreadError) {
    let started = try JoinableThread { [self] in run(unreadable) }
    thread.withLock { $0 = started }
  }

  /// On the receive thread.
  func received(_ datagram: Span<UInt8>, kernelTime: Int64?, connection: UInt32) {
    guard hub.isListening else { return }
    let isFirst = datagrams.append(
      datagram, arrival: kernelTime ?? Self.time(CLOCK_REALTIME), time: Self.now,
      connection: connection)
    if isFirst { wakeup.signal() }
  }

  func take(_ command: Command) {
    state.withLock { $0.commands.append(command) }
    wakeup.signal()
  }

  /// Ends the frames of everybody, and waits for the thread.
  func stop() {
    state.withLock { $0.isStopped = true }
    wakeup.signal()
    let thread = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    thread?.join()
    hub.finish()
  }

  var counts: ListeningCounts {
    var counts = state.withLock(\.counts)
    counts.overrun = datagrams.dropped
    return counts
  }

  private func run(_ unreadable: @Sendable () -> Void) {
    var receiver = LiveReceiver()
    var batch = DatagramQueue.makeBatch()
    var frames: [VoiceFrame] = []
    while true {
      wakeup.wait(nanoseconds: hub.isListening ? Self.tick : Self.idle)
      let (commands, isStopped) = state.withLock { state in
        defer { state.commands = [] }
        return (state.commands, state.isStopped)
      }
      if isStopped { return }
      for command in commands { Self.apply(command, to: &receiver, into: &frames) }
      datagrams.take(into: &batch)
      for entry in batch.entries {
        receiver.receive(
          batch.bytes.span.extracting(entry.range), connection: entry.connection,
          arrival: entry.arrival, at: entry.time, into: &frames)
      }
      receiver.tick(at: Self.now, into: &frames)
      state.withLock { $0.counts = receiver.counts }
      hub.publish(frames)
      frames.removeAll(keepingCapacity: true)
      if receiver.takeUnreadable() { unreadable() }
    }
  }

  private static func apply(
    _ command: Command, to receiver: inout LiveReceiver, into frames: inout [VoiceFrame]
  ) {
    switch command {
    case .connect(let connection, let mode, let key):
      receiver.connect(connection, mode: mode, key: key)
    case .map(let ssrc, let user, let connection):
      receiver.map(ssrc, to: user, connection: connection, at: now, into: &frames)
    case .install(let epoch, let secrets):
      receiver.install(epoch, secrets: secrets, at: now, into: &frames)
    case .execute(let epoch): receiver.execute(epoch, at: now)
    case .plaintext(let connection, let isAllowed):
      receiver.allowPlaintext(isAllowed, connection: connection, at: now, into: &frames)
    }
  }

  private static var now: Int64 { time(CLOCK_MONOTONIC) }

  private static func time(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

internal import DiscordREST
internal import Synchronization

/// Who listens to frames.
final class FrameHub: Sendable {
  private struct State {
    var number: UInt64 = 0
    var readers: [UInt64: (user: ID<User>?, queue: BoundedQueue<VoiceFrame>)] = [:]
    var hasEnded = false
  }

  private let state = Mutex(State())
  /// Read on the receive thread, which must not wait: nobody listens, nothing is copied.
  private let listening = Atomic<Bool>(false)

  var isListening: Bool { listening.load(ordering: .relaxed) }

  /// Frames that slow readers have lost: of those who listen now.
  var dropped: Int { state.withLock { $0.readers.values.reduce(0) { $0 + $1.queue.dropped } } }

  /// A new reader.
  ///
  /// - Parameter user: whose frames; nil: everybody's.
  func subscribe(to user: ID<User>?, limit: Int) -> FrameSubscription {
    let queue = BoundedQueue<VoiceFrame>(limit: limit)
    let number: UInt64? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      state.number += 1
      state.readers[state.number] = (user, queue)
      listening.store(true, ordering: .relaxed)
      return state.number
    }
    guard let number else {
      queue.finish()
      return FrameSubscription(queue: queue) {}
    }
    return FrameSubscription(queue: queue) { [weak self] in self?.remove(number) }
  }

  func publish(_ frames: [VoiceFrame]) {
    guard !frames.isEmpty else { return }
    let readers = state.withLock { Array($0.readers.values) }
    for (user, queue) in readers {
      for frame in frames where user == nil || user == frame.user { queue.append(frame) }
    }
  }

  /// The stay is over.
  func finish() {
    let readers = state.withLock { state in
      state.hasEnded = true
      listening.store(false, ordering: .relaxed)
      return Array(state.readers.values)
    }
    for reader in readers { reader.queue.finish() }
  }

  private func remove(_ number: UInt64) {
    state.withLock { state in
      state.readers[number] = nil
      if state.readers.isEmpty { listening.store(false, ordering: .relaxed) }
    }
  }
}

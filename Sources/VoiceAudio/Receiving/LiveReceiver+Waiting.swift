internal import DAVEFrames

/// Frames that wait for their speaker or their key.
extension LiveReceiver {
  mutating func retry(_ ssrc: UInt32, at now: Int64, into frames: inout [VoiceFrame]) {
    // Moved out: an attempt changes the rest of us.
    var waiting = RetryRing<FramePlace>()
    swap(&waiting, &self.waiting)
    var lost: [FramePlace] = []
    waiting.retry(ssrc: ssrc, at: now, lost: { lost.append($0) }) { frame, _, place in
      attempt(frame, place, at: now, into: &frames)
    }
    swap(&waiting, &self.waiting)
    giveUp(lost)
  }

  mutating func retryAll(at now: Int64, into frames: inout [VoiceFrame]) {
    var waiting = RetryRing<FramePlace>()
    swap(&waiting, &self.waiting)
    var lost: [FramePlace] = []
    waiting.retryAll(at: now, lost: { lost.append($0) }) { frame, _, place in
      attempt(frame, place, at: now, into: &frames)
    }
    swap(&waiting, &self.waiting)
    giveUp(lost)
  }

  mutating func expire(at now: Int64) {
    var lost: [FramePlace] = []
    waiting.expire(at: now) { lost.append($0) }
    giveUp(lost)
  }

  mutating func giveUp(_ places: [FramePlace]) {
    for place in places {
      if users[place.ssrc] == nil { counts.unmapped += 1 } else { counts.undecryptable += 1 }
    }
  }
}

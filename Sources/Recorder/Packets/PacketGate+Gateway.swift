/// What the voice gateway says of SSRCs and users.
extension PacketGate {
  mutating func begin(connection: UInt32, hasDAVE: Bool) {
    connections.begin(connection, hasDAVE: hasDAVE)
    // What is over takes no room from what is to come.
    video = video.filter { connections.knows(PacketSource.connection(ofKey: $0)) }
  }

  /// Op 5. What waited for it is lent to `store`, or dropped.
  mutating func map(
    ssrc: UInt32, to user: UInt64, connection: UInt32, now: Int64,
    store: (Span<UInt8>, Int64?, UInt32) -> Void
  ) {
    let key = PacketSource.key(connection, ssrc)
    video.remove(key)
    // What waited too long is gone, however late the next tick comes.
    tick(now: now)
    guard let slot = table.place(key, isMapped: true, now: now) else { return }
    if let known = table[slot].user, known != user {
      // Counts are a user's.
      table[slot].packets = 0
      table[slot].sequence = SequenceCount()
      table[slot].opened = 0
      table[slot].failed = 0
      table[slot].lastOpened = nil
    }
    if !table[slot].isMapped || table[slot].user != user {
      table[slot].watchedFirst = limits.watchedFirst
    }
    table[slot].user = user
    table[slot].isExcluded = excluded.contains(user)
    table.setMapped(slot, true)
    release(slot, store: store)
  }

  /// Op 13: the user's SSRCs are nobody's until they are named again.
  mutating func unmap(user: UInt64, connection: UInt32) {
    for slot in table.indices
    where table[slot].connection == connection && table[slot].user == user {
      table.setMapped(slot, false)
    }
  }

  mutating func noteVideo(ssrcs: [UInt32], connection: UInt32) {
    for ssrc in ssrcs where ssrc != 0 && video.count < limits.videoSources {
      video.insert(PacketSource.key(connection, ssrc))
    }
  }

  /// Replaces the list. When it becomes empty, what waits is stored.
  mutating func setExcluded(
    _ users: Set<UInt64>, store: (Span<UInt8>, Int64?, UInt32) -> Void
  ) {
    excluded = users
    for slot in table.indices {
      table[slot].isExcluded = table[slot].user.map(users.contains) ?? false
    }
    if !users.isEmpty {
      if hold == nil { hold = HoldRing(capacity: limits.holdBytes) }
    } else if var waiting = hold.take() {
      var count: UInt64 = 0
      waiting.releaseAll { datagram, entry in
        count += 1
        store(datagram, entry.kernelTime, PacketSource.connection(ofKey: entry.key))
      }
      voice += count
    }
  }

  /// Keys changed: the first packets of everybody are watched again.
  mutating func keysChanged(connection: UInt32) {
    for slot in table.indices where table[slot].connection == connection {
      table[slot].watchedFirst = limits.watchedFirst
    }
  }

  /// Lends what waited for this SSRC to `store`, or counts it as excluded.
  private mutating func release(
    _ slot: Int, store: (Span<UInt8>, Int64?, UInt32) -> Void
  ) {
    let source = table[slot]
    var count: UInt64 = 0
    hold?.release(source.key) { datagram, entry in
      count += 1
      if !source.isExcluded { store(datagram, entry.kernelTime, source.connection) }
    }
    if source.isExcluded {
      drops[PacketDrop.excluded.rawValue] += count
    } else {
      voice += count
    }
  }
}

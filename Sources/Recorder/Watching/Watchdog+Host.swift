/// What goes wrong on this host, and what the guild's people do to the recorder.
extension Watchdog {
  mutating func judgeHost(
    _ sample: WatchdogSample, _ before: WatchdogSample, _ actions: inout [WatchdogAction]
  ) {
    let now = sample.now
    let dropped = sample.dropped &- min(sample.dropped, before.dropped)
    update(
      .drops, dropped > 0, now, &actions,
      "\(sample.dropped) packets were lost on this host: it is too slow, or its disk is",
      "no packets were lost for a while, \(sample.dropped) in all")
    let capped = sample.capped > before.capped
    update(
      .flood, capped, now, &actions,
      "more packets come than a call can have: \(sample.capped) were not stored",
      "the flood is over")
    rate.add(sample.bytesWritten, at: now)
    let reserve = sample.freeSpaceFloor &+ rate.bytesPerSecond &* Limits.diskReserveSeconds
    let wanted = max(reserve, 2 &* sample.freeSpaceFloor)
    let threshold = latches[.diskSpace]?.isRaised == true ? wanted &+ wanted / 4 : wanted
    update(
      .diskSpace, sample.freeBytes.map { $0 < threshold }, now, &actions,
      "only \((sample.freeBytes ?? 0) >> 20) MiB are free: recording stops at "
        + "\(sample.freeSpaceFloor >> 20) MiB; make room",
      "there is room on the disk again")
    let diskError = sample.diskError ?? hangingDisk(sample)
    update(
      .diskError, diskError != nil, now, &actions,
      "the capture cannot be written: \(diskError ?? "")",
      "the capture is written again")
    update(
      .keyLog, sample.keyLogError != nil, now, &actions,
      "keys cannot be stored in time: \(sample.keyLogError ?? "")", "keys are stored again")
    update(
      .deafened, sample.isDeafened, now, &actions,
      "the recorder was deafened in the guild and hears nobody: undeafen it",
      "the recorder is no longer deafened")
    update(
      .afk, sample.isAFK, now, &actions,
      "the recorder was moved to the AFK channel, where nobody is heard: move it back",
      "the recorder is no longer in the AFK channel")
  }

  /// A disk that hangs returns no error: only a call that does not come back tells.
  private func hangingDisk(_ sample: WatchdogSample) -> String? {
    let writing = sample.writingSince.map { sample.now &- $0 } ?? 0
    if writing >= Limits.writeTimeout {
      return "the disk does not answer, a write has taken \(writing / 1_000_000_000) s so far; "
        + "packets wait in memory, and are lost when that is full: look after the disk"
    }
    let syncing = sample.syncingSince.map { sample.now &- $0 } ?? 0
    if syncing >= Limits.syncTimeout {
      return "the disk does not answer, a sync has taken \(syncing / 1_000_000_000) s so far: look "
        + "after the disk"
    }
    return nil
  }
}

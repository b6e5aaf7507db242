internal import Logging
internal import VoiceCrypto

extension VoiceEngine {
  /// Op 2: a socket to the server, and the question where it sees us.
  func openMedia(_ offer: MediaOffer) {
    guard let connection = gateway?.settings.connection else { return }
    closeMedia()
    var options = VoiceSocket.Options()
    options.receiveBufferBytes = configuration.receiveBufferBytes
    let observer = self.observer
    let socket: VoiceSocket
    do throws(DatagramError) {
      socket = try VoiceSocket(
        remote: offer.remote, options: options,
        sent: { observer.sent($0, connection: connection) },
        received: { observer.received($0, kernelTime: $1, connection: connection) })
    } catch {
      logger.warning("No media socket", metadata: ["error": "\(error)"])
      take(.fault(.noMedia, attempt: attempt))
      return
    }
    media = MediaLink(
      connection: connection, ssrc: offer.ssrc, socket: socket, now: now().nanoseconds)
    state.count(socket)
    observer.handle(
      .udp(
        connection: connection,
        .opened(
          local: "\(socket.localAddress)", requestedBytes: options.receiveBufferBytes,
          grantedBytes: socket.receiveBufferBytes)))
    outlets.job.yield(.discover(socket, ssrc: offer.ssrc, connection: connection))
  }

  func discovered(_ mapped: DatagramAddress?, connection: UInt32) {
    guard var media, media.connection == connection else { return }
    if media.isRediscovering {
      media.isRediscovering = false
      self.media = media
      rediscovered(mapped, media)
      return
    }
    guard let mapped else {
      logger.warning("The voice server does not answer over UDP")
      take(.fault(.noMedia, attempt: attempt))
      return
    }
    media.mapped = mapped
    self.media = media
    observer.handle(.udp(connection: connection, .discovered("\(mapped)")))
    takeGateway(.discovered(address: mapped.host, port: mapped.port))
  }

  private func rediscovered(_ mapped: DatagramAddress?, _ media: MediaLink) {
    // The way is as it was: the question alone may have opened it again.
    guard mapped != media.mapped, mapped != nil || !media.isOnlyAsking else { return }
    if let mapped, let before = media.mapped {
      observer.handle(
        .udp(
          connection: media.connection, .addressChanged(from: "\(before)", to: "\(mapped)")))
    }
    take(mapped == nil ? .reconnect("silent") : .addressChanged)
  }

  /// Op 4: media can flow.
  func begin(_ agreement: MediaAgreement) {
    guard let gateway, let media else { return }
    do throws(VoiceCryptoError) {
      try sender.open(
        agreement, over: media.socket, sequence: UInt16.random(in: 0 ... .max, using: &random),
        timestamp: UInt32.random(in: 0 ... .max, using: &random))
    } catch {
      // Listening needs no cipher of ours.
      logger.error("Nothing can be sent", metadata: ["error": "\(error)"])
    }
    let settings = gateway.settings
    let info = VoiceConnectionInfo(
      number: settings.connection, local: "\(media.socket.localAddress)",
      remote: "\(media.socket.remoteAddress)",
      mapped: media.mapped.map { "\($0)" } ?? "", mode: agreement.mode, ssrc: agreement.ssrc,
      daveVersion: agreement.daveVersion, isStage: settings.isStage, guild: settings.guild,
      channel: settings.channel)
    self.info = info
    logger.info(
      "Voice connection ready",
      metadata: [
        "connection": "\(info.number)", "mode": "\(info.mode.rawValue)",
        "dave": "\(info.daveVersion)",
      ])
    state.setConnection(info)
    observer.handle(.connected(info))
    take(.ready(attempt: attempt))
  }

  /// Once a second: whether datagrams still come where they should.
  func checkMedia() {
    guard var media, info != nil else { return }
    let cause = media.check(at: now().nanoseconds)
    let unreachable = media.newlyUnreachable()
    self.media = media
    if unreachable > 0 {
      observer.handle(.udp(connection: media.connection, .unreachable(count: unreachable)))
    }
    guard let cause, !media.isRediscovering else { return }
    logger.warning("Media may not come through", metadata: ["cause": "\(cause.rawValue)"])
    switch cause {
    case .addressChanged:
      let route = VoiceSocket.localAddress(towards: media.socket.remoteAddress)
      observer.handle(
        .udp(
          connection: media.connection,
          .addressChanged(
            from: "\(media.socket.localAddress)", to: route.map { "\($0)" } ?? "")))
      take(.addressChanged)
    case .silent, .keepalivesUnanswered, .quiet:
      if cause == .silent { observer.handle(.udp(connection: media.connection, .silent)) }
      self.media?.isRediscovering = true
      self.media?.isOnlyAsking = cause == .quiet
      outlets.job.yield(
        .discover(media.socket, ssrc: media.ssrc, connection: media.connection))
    }
  }
}

package import CaptureLog
package import VoiceCrypto

/// How a plan is written down as a capture.
package struct SynthesisOptions: Sendable {
  package var mode: TransportMode = .aes256GCM
  /// The session's zero, ns since the Unix epoch; fixed, so that a seed gives the same capture.
  package var startUnixNanoseconds: Int64 = 1_795_510_802_000_000_000
  package var payloads: PayloadKind = .encoded
  /// Public keys that the key log is sealed to; needed unless the mode is `none`.
  package var recipients: [OperatorPublicKey] = []
  /// Whether `<capture>.truth.jsonl` is written beside the capture.
  package var writesTruth = true
  /// Whether files are synced to the medium; tests do without.
  package var synchronizes = true
  /// End-to-end encryption; nil is none. A capture that is not encrypted at rest has none either,
  /// as it would have nowhere to keep the keys.
  package var endToEnd: EndToEndPlan?

  var daveVersion: Int { endToEnd == nil || mode == .none ? 0 : 1 }

  package init() {}
}

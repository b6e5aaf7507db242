internal import Glibc

extension VoicePCMBlock {
  /// A mean square in dB, at least -120.
  static func decibels(_ meanSquare: Float) -> Float {
    meanSquare > 1e-12 ? 10 * log10(meanSquare) : -120
  }
}

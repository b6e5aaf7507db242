internal import CEbur128
internal import COpus
internal import CSamplerate
internal import CSndfile
internal import CSoxr

/// The C libraries that sound goes through.
package enum AudioLibraries {
  /// Name and version of each, as the libraries themselves say.
  package static var versions: [(name: String, version: String)] {
    var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
    ebur128_get_version(&major, &minor, &patch)
    return [
      ("opus", String(cString: opus_get_version_string())),
      ("soxr", String(cString: soxr_version())),
      ("samplerate", String(cString: src_get_version())),
      ("sndfile", String(cString: sf_version_string())),
      ("ebur128", "\(major).\(minor).\(patch)"),
    ]
  }
}

/// The version of this build, as written into captures and manifests.
public let toolVersion = "0.1.0"

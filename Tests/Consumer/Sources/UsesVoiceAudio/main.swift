import VoiceAudio

// Nothing is joined: that it compiles is the test.
print(VoicePCMFormat.speech.rate.rawValue)

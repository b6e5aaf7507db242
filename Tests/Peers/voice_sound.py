"""What the speakers say: a voice whose pitch glides, with breath in it, so that no part is like another."""

import numpy

RATE = 48_000


def speech(seconds, pitch):
    """Stereo PCM, 16 bit, as bytes."""
    time = numpy.arange(int(seconds * RATE)) / RATE
    step = pitch * (1 + 0.4 * numpy.sin(time * 1.7) + 0.1 * time / seconds) / RATE
    phase = 2 * numpy.pi * numpy.cumsum(step)
    loud = 9_000 * (0.35 + 0.3 * numpy.sin(time * 9) ** 2)
    noise = numpy.random.default_rng(int(pitch)).standard_normal(time.size)
    # Breath of low frequencies: what a render at 16 kHz leaves out is not much.
    breath = numpy.convolve(noise, numpy.hanning(24) / 12, "same")
    voice = numpy.sin(phase) + 0.5 * numpy.sin(2 * phase) + 0.3 * numpy.sin(5 * phase)
    mono = (loud * (voice + 0.5 * breath)).astype(numpy.int16)
    return numpy.repeat(mono, 2).tobytes()

"""Compares a rendered track with the very frames that its speaker sent.

A speaker notes each frame: when it was sent (nanoseconds since 1970), its RTP timestamp, the Opus packet.
Decoded by libopus they are the reference: the track must have its energy, and must lie where the notes say.
Standard library and opuslib_next only; nothing here knows Tapedeck's code.
"""

import array
import wave
from operator import mul

import opuslib_next

RATE = 48_000
FRAME = 960
# The look-ahead of Opus' encoder, which a render takes out.
CODEC_DELAY = 312
# Frames that are compared at a place: a voice of one pitch is like itself a period later, over 100 ms
# nearly as much as at its place.
WINDOW = 30


def decode(frames):
    """48 kHz mono samples of Opus packets, one after the other."""
    decoder = opuslib_next.Decoder(RATE, 2)
    samples = array.array("h")
    for frame in frames:
        stereo = array.array("h", decoder.decode(bytes(frame), 5_760))
        samples.extend((a + b) // 2 for a, b in zip(stereo[0::2], stereo[1::2]))
    return samples


def spurts(notes):
    """The notes cut where nothing was sent for 150 ms."""
    begin = 0
    for index in range(1, len(notes) + 1):
        if index == len(notes) or notes[index][0] - notes[index - 1][0] > 150_000_000:
            yield begin, index
            begin = index


def read(path):
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), path
        return array.array("h", file.readframes(file.getnframes()))


def energy(samples):
    return sum(map(mul, samples, samples))


def best(track, position, window, lags):
    """The lag at which the track is most like the window."""
    def likeness(lag):
        part = track[position + lag:position + lag + len(window)]
        power = energy(part)
        return sum(map(mul, part, window)) / (power ** 0.5) if power else 0.0
    return max(lags, key=likeness)


def thin(samples, step):
    return array.array("d", (sum(samples[i:i + step]) for i in range(0, len(samples) - step, step)))


def lags(track, notes, start):
    """How late the track is, in milliseconds, at places all over the speech."""
    reference = decode([opus for _, _, opus in notes])
    # The first frame of a spurt says little: discord.py sends its second one 40 ms after it.
    for begin, end in spurts(notes):
        if end - begin < WINDOW + 5:
            continue
        anchor = min(notes[i][0] - (notes[i][1] - notes[begin][1]) % 2 ** 32 * 1_000_000_000 // RATE
                     for i in range(begin + 1, end))
        place = (anchor - start) * RATE // 1_000_000_000 - CODEC_DELAY
        for frame in range(begin + 3, end - WINDOW, 30):
            first = frame * FRAME
            window = reference[first:first + WINDOW * FRAME]
            if energy(window) / len(window) < 10_000:
                continue
            position = place + (frame - begin) * FRAME
            margin = 1_920
            if position < margin or position + len(window) + margin > len(track):
                continue
            area = track[position - margin:position + len(window) + margin]
            step = 16
            coarse = best(thin(area, step), 0, thin(window, step), range(2 * margin // step)) * step
            fine = best(area, 0, window, range(max(0, coarse - 20), coarse + 21))
            yield (fine - margin) * 1000 / RATE


def measure(path, notes, start):
    """The share of the reference's energy that the track has, and the lags."""
    track = read(path)
    reference = decode([opus for _, _, opus in notes])
    return energy(track) / energy(reference), sorted(map(abs, lags(track, notes, start)))

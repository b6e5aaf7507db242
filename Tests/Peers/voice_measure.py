"""Compares a rendered track with the very packets that the server sent.

Each packet has the time at which it came to the server and its Opus frame. Decoded by libopus, one after the
other, and laid where arrival and RTP time say, they are what the track must be. Only opuslib_next and numpy;
nothing here knows Tapedeck's code.
"""

import wave
from typing import NamedTuple

import numpy
import opuslib_next

RATE = 48_000
FRAME = 960
# The look-ahead of Opus' encoder, which a render takes out.
CODEC_DELAY = 312
SILENCE = b"\xf8\xff\xfe"
# So much is compared at a place, every so often, so far to both sides; in seconds.
WINDOW, STEP, REACH = 0.6, 0.3, 0.15


class Note(NamedTuple):
    """A frame that was handed to the network."""
    timestamp: int
    opus: bytes
    # The epochs of the sender's group before and after the frame was sealed; None: in the clear.
    epochs: tuple
    # Counts what the speaker says between two pauses.
    spurt: int


class Packet(NamedTuple):
    """The same as it came to the server."""
    time: int  # nanoseconds since 1970
    timestamp: int
    opus: bytes
    spurt: int


class Result(NamedTuple):
    energy: float  # the track's by the reference's
    least: float  # the same in the half second in which it is least
    lags: list  # milliseconds, by the time of the place
    places: list  # seconds
    spurts: int

    @property
    def p99(self):
        return percentile(self.lags, 99)


def percentile(lags, percent):
    sizes = sorted(map(abs, lags))
    return sizes[min(len(sizes) - 1, len(sizes) * percent // 100)]


def spurts(packets):
    begin = 0
    for index in range(1, len(packets) + 1):
        if index == len(packets) or packets[index].spurt != packets[begin].spurt:
            yield begin, index
            begin = index


def excess(packets, base):
    """When a packet came, less its RTP time, in nanoseconds."""
    return [p.time - (p.timestamp - base) % 2 ** 32 * 1_000_000_000 // RATE for p in packets]


def anchors(packets, runs_on):
    """Of each spurt its range and when RTP time `packets[0].timestamp` was for it.

    The packet that came soonest tells. A sender whose timestamps stand still in pauses has a clock of its own
    in each spurt. Silence frames are no sound that somebody had to wait for: discord.py sends five at once. It
    also sends the second packet of a spurt 40 ms after the first, so that the first one says nothing.
    """
    base = packets[0].timestamp
    delays = excess(packets, base)
    speech = [i for i, packet in enumerate(packets) if packet.opus != SILENCE]
    least = min(delays[i] for i in speech)
    for begin, end in spurts(packets):
        own = [delays[i] for i in speech if begin < i < end]
        yield begin, end, least if runs_on or not own else min(own)


def reference(packets, start, samples, runs_on):
    """The track at 48 kHz, mono; silence frames are heard by the decoder but not laid down."""
    decoder = opuslib_next.Decoder(RATE, 1)
    track = numpy.zeros(samples, numpy.float64)
    base, count = packets[0].timestamp, 0
    for begin, end, anchor in anchors(packets, runs_on):
        count += 1
        for packet in packets[begin:end]:
            sound = numpy.frombuffer(decoder.decode(packet.opus, 5_760), numpy.int16)
            if packet.opus == SILENCE:
                continue
            place = (anchor - start) * RATE // 1_000_000_000 - CODEC_DELAY
            place += (packet.timestamp - base) % 2 ** 32
            first = max(0, -place)
            part = track[max(0, place):place + len(sound)]
            part[:] = sound[first:first + len(part)]
    return track, count


def resampled(samples, rate):
    """To a lower rate, by leaving out what lies above."""
    count = len(samples) * rate // RATE
    return numpy.fft.irfft(numpy.fft.rfft(samples)[:count // 2 + 1], count) * rate / RATE


def read(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2), path
        return file.getframerate(), numpy.frombuffer(
            file.readframes(file.getnframes()), numpy.int16).astype(numpy.float64)


def lag(track, wanted, place, reach):
    """By how many samples the track is late at a place; None where it is like nothing there."""
    area = track[place - reach:place + len(wanted) + reach]
    size = len(area)
    likeness = numpy.fft.irfft(
        numpy.fft.rfft(area, size) * numpy.conj(numpy.fft.rfft(wanted, size)), size)[:2 * reach + 1]
    best = int(numpy.argmax(likeness))
    there = area[best:best + len(wanted)]
    power = numpy.sqrt(numpy.dot(there, there) * numpy.dot(wanted, wanted))
    return best - reach if power and likeness[best] > 0.8 * power else None


def measure(path, packets, start, runs_on):
    rate, track = read(path)
    wanted, count = reference(packets, start, len(track) * RATE // rate, runs_on)
    wanted = resampled(wanted, rate)[:len(track)]
    loud = numpy.dot(wanted, wanted) / max(1, numpy.count_nonzero(abs(wanted) > 1))
    window, reach = int(WINDOW * rate), int(REACH * rate)
    found, shares, places = [], [], []
    for place in range(reach, len(track) - window - reach, int(STEP * rate)):
        part = wanted[place:place + window]
        if numpy.dot(part, part) < 0.3 * loud * window:
            continue
        found.append(lag(track, part, place, reach))
        places.append(round(place / rate, 1))
        there = track[place:place + window]
        shares.append(numpy.dot(there, there) / numpy.dot(part, part))
    lags = [REACH * 1000 if f is None else f * 1000 / rate for f in found]
    share = numpy.dot(track, track) / numpy.dot(wanted, wanted)
    return Result(float(share), float(min(shares, default=0)), lags, places, count)

"""Reads what a capture logged, by the pcapng format alone; nothing here knows Tapedeck's code."""

import pathlib
import struct
from typing import NamedTuple

INTERFACE, PACKET = 1, 6
LINK_RAW_IP = 101
SPEECH = 120


class Logged(NamedTuple):
    time: int  # nanoseconds since 1970
    ssrc: int
    sequence: int
    timestamp: int


def blocks(data):
    """Type and body of each block of a little-endian file; a torn end is left out."""
    place = 0
    while place + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, place)
        if length < 12 or place + length > len(data):
            return
        yield kind, data[place + 8:place + length - 4]
        place += length


def speech(capture):
    """The packets of speech of a capture folder, in the order of its log."""
    packets = []
    for path in sorted(pathlib.Path(capture).glob("segment-*.pcapng*")):
        for kind, body in blocks(path.read_bytes()):
            if kind == INTERFACE:
                assert struct.unpack_from("<H", body)[0] == LINK_RAW_IP
            if kind != PACKET:
                continue
            _, high, low, length, _ = struct.unpack_from("<IIIII", body)
            packet = body[20:20 + length]
            header = 4 * (packet[0] & 15) if packet[0] >> 4 == 4 else 40
            datagram = packet[header + 8:]
            if len(datagram) > 12 and datagram[0] >> 6 == 2 and datagram[1] & 0x7F == SPEECH:
                sequence, timestamp, ssrc = struct.unpack_from(">HII", datagram, 2)
                packets.append(Logged(high << 32 | low, ssrc, sequence, timestamp))
    return packets

"""Takes the Opus packets out of a capture made with transport mode `none`, one file for each SSRC.

A frames file is a row of packets in the order of their sequence numbers, each with its length before it (16 bits,
little-endian). Frames of silence (F8 FF FE) are left out: rendering does not decode them either.
"""

import pathlib
import struct

SILENCE = b"\xf8\xff\xfe"


def datagrams(path):
    """The UDP payloads of the inbound packet blocks of a pcapng segment."""
    data = memoryview(path.read_bytes())
    offset = 0
    while offset + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        if length < 12 or offset + length > len(data):
            break
        if kind == 6:
            captured = struct.unpack_from("<I", data, offset + 20)[0]
            packet = data[offset + 28 : offset + 28 + captured]
            options = offset + 28 + (captured + 3) // 4 * 4
            is_outbound = struct.unpack_from("<H", data, options)[0] == 2
            header = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
            if not is_outbound:
                yield packet[header + 8 :]
        offset += length


def payload(packet):
    """(SSRC, sequence number, Opus packet) of an RTP datagram, or None."""
    if len(packet) < 13 or packet[0] >> 6 != 2 or 200 <= packet[1] <= 204:
        return None
    sequence, _, ssrc = struct.unpack_from(">HII", packet, 2)
    start = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        start += 4 + 4 * struct.unpack_from(">H", packet, start + 2)[0]
    end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
    if packet[1] & 0x7F != 120 or end <= start:
        return None
    return ssrc, sequence, bytes(packet[start:end])


def extract(capture, folder):
    """Writes the frames files; returns [(path, packets)]."""
    streams = {}
    for segment in sorted(pathlib.Path(capture).glob("segment-*.pcapng*")):
        for packet in datagrams(segment):
            found = payload(packet)
            if found is None:
                continue
            ssrc, sequence, frame = found
            stream = streams.setdefault(ssrc, {"last": sequence, "packets": {}})
            # Unwrapped by the nearest to the last one.
            number = stream["last"] + ((sequence - stream["last"] + 0x8000) & 0xFFFF) - 0x8000
            stream["last"] = max(number, stream["last"])
            stream["packets"].setdefault(number, frame)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    result = []
    for ssrc in sorted(streams):
        packets = streams[ssrc]["packets"]
        path = folder / f"{ssrc}.frames"
        count = 0
        with path.open("wb") as file:
            for number in sorted(packets):
                if packets[number] != SILENCE:
                    file.write(struct.pack("<H", len(packets[number])) + packets[number])
                    count += 1
        result.append((path, count))
    return result

"""Third-party clients talk, end-to-end encrypted, in a voice channel of the simulator; we record them.

discord.py 2.7.1 (davey 0.1.7), cordslite 0.2.3 (davey 0.1.7) and a light client on dave.py 1.1.0 (Discord's
libdave) join one after the other while discord.py talks, so that the epoch changes under its sound; cordslite
leaves while it still talks. PeerBot records with the library (`Bot.joinVoice`, `startRecording`) and renders.
Each track must have 0.99 of the energy that decoding the very frames gives that the speaker sent, and must lie
within 5 ms (p99) of where the speaker's own notes of time put it.

What of the peers is known and allowed for:
  - discord.py stops its RTP timestamps in pauses, and sends the second packet of a spurt 40 ms after the first:
    its notes are anchored by spurt, without the first packet.
  - discord.py loses an IP discovery answer that comes before it listens; it then tries again after its time-out.
  - davey sends under an epoch's key as soon as it has the commit, libdave when told (op 22): early and late
    frames are on the wire, and both must be in the tracks.
  - davey sends silence in the clear, libdave encrypts it.
  - libdave sometimes cannot take a commit that removes somebody: the light client then asks to be added anew
    (op 31). It has said what it has to say by the time somebody leaves.
  - What a davey or libdave client says before it is in the group would be sent in the clear; they begin to talk
    once they are in.
"""

import asyncio
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from simulator import Simulator, arguments, check
from voice_measure import measure, spurts
from voice_peers import Cordslite, DiscordPy, LightClient, speech



class Recorder:
    """Our recorder: PeerBot, in a channel until it is told to stop."""

    def __init__(self, program, simulator, folder):
        environment = dict(
            os.environ, DISCORD_BOT_TOKEN=simulator.bot_token, DISCORD_API_BASE=simulator.api_base)
        self.process = subprocess.Popen(
            [program, "record", simulator.ids["voice"], folder], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=simulator.log, text=True)

    def wait(self):
        line = self.process.stdout.readline()
        check("PeerBot records", line.strip() == "recording", line)

    def stop(self):
        output, _ = self.process.communicate("stop\n", timeout=60)
        check("PeerBot ends with 0", self.process.returncode == 0, self.process.returncode, output)
        return json.loads(output)


async def until(what, holds, seconds=20):
    for _ in range(seconds * 20):
        if holds():
            return
        await asyncio.sleep(0.05)
    check(what, False)


async def talk(simulator):
    channel = simulator.ids["voice"]
    first = DiscordPy(simulator, "Dora", 170)
    second = DiscordPy(simulator, "Dan", 120)
    light = LightClient(simulator, "Lib", 210)
    lite = Cordslite(simulator, "Lite", 140)
    speakers = [first, second, light, lite]
    # Made before anybody talks: it takes its time, and the loop is needed then.
    for speaker in speakers:
        for seconds in (1.5, 2, 2.5, 3):
            speech(seconds, speaker.pitch)

    async def comes(speaker):
        await speaker.join(channel)
        await until(f"{speaker.kind} is in the group", lambda: speaker.is_encrypted)
        await asyncio.sleep(0.3)

    await comes(first)

    async def others():
        for speaker in (second, light, lite):
            await comes(speaker)
        await asyncio.gather(second.speak(2.5), light.speak(2.5))
        await asyncio.sleep(0.6)
        await asyncio.gather(second.speak(1.5), light.speak(2), lite.speak(2.5))
        await lite.leave()

    async def on_and_on():
        while not over.is_set():
            await first.speak(3)
            await asyncio.sleep(0.4)

    over = asyncio.Event()
    talking = asyncio.create_task(on_and_on())
    await others()
    await asyncio.sleep(1)
    over.set()
    await talking
    await asyncio.sleep(0.5)
    return speakers


async def main(simulator, program, folder):
    recorder = Recorder(program, simulator, folder)
    await asyncio.to_thread(recorder.wait)
    speakers = await talk(simulator)
    result = await asyncio.to_thread(recorder.stop)
    manifest = json.loads(pathlib.Path(result["manifest"]).read_text())
    start = int(manifest["session"]["start_unix_ns"])
    check("a track of each speaker", set(result["tracks"]) == {str(s.user) for s in speakers},
          result["tracks"])
    check("no other track", len(manifest["speakers"]) == len(speakers))
    all_lags = []
    for speaker in speakers:
        found = next(s for s in manifest["speakers"] if s["user_id"] == str(speaker.user))
        packets = found["packets"]
        share, lags = measure(result["tracks"][str(speaker.user)], speaker.notes, start)
        all_lags += lags
        name = f"{speaker.kind} ({len(speaker.notes)} frames, {len(list(spurts(speaker.notes)))} spurts)"
        check(f"{name}: every packet is there", packets["captured"] == len(speaker.notes), packets)
        check(f"{name}: and placed", packets["placed"] == packets["captured"], packets)
        check(f"{name}: energy {share:.4f}", 0.99 <= share <= 1.01, found)
        p99 = lags[min(len(lags) - 1, len(lags) * 99 // 100)]
        check(f"{name}: within {p99:.2f} ms at {len(lags)} places", len(lags) > 3 and p99 <= 5, lags)
    all_lags.sort()
    print(f"alignment of all: p50 {all_lags[len(all_lags) // 2]:.2f} ms, "
          f"p99 {all_lags[len(all_lags) * 99 // 100]:.2f} ms, {len(all_lags)} places")
    for speaker in speakers:
        if speaker.kind != Cordslite.kind:
            await speaker.leave()


if __name__ == "__main__":
    tapedeck, peer_bot, logs = arguments()
    simulator = Simulator(tapedeck, logs + "/simulator-voice.log")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(asyncio.wait_for(main(simulator, peer_bot, folder), timeout=150))
    simulator.stop()
    print("voice: discord.py 2.7.1, cordslite 0.2.3, davey 0.1.7, dave.py 1.1.0 on Python",
          sys.version.split()[0])

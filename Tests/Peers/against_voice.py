"""Third-party clients talk, end-to-end encrypted, in a voice channel of the simulator; `tapedeck record` records
them, and `tapedeck render` makes the tracks.

discord.py 2.7.1 (davey 0.1.7), which talks already when we come, another discord.py, a light client on
dave.py 1.1.0 (Discord's libdave) and cordslite 0.2.3 (davey 0.1.7) join one after the other and talk at once, so
that the epoch changes under the others' sound; then the call goes to no end-to-end encryption and back; then
cordslite leaves. What the server says that it sent to us is the truth: each packet of it must be in the log and,
from the first of our keys on, in the tracks; each track must have 0.99 to 1.01 of the energy that decoding those
packets gives, and must lie within 5 ms (p99) of where their arrival at the server and their RTP time put them.

What of the peers is known and allowed for:
  - discord.py stops its RTP timestamps in pauses, sends the second packet of a spurt 40 ms after the first, and
    five silence frames at once behind it: `voice_measure.anchors`.
  - discord.py loses an IP discovery answer that comes before it listens; it then tries again after its time-out.
  - davey sends under an epoch's key as soon as it has the commit, libdave when told (op 22): early and late
    frames are on the wire, and both must be in the tracks.
  - davey sends silence in the clear, libdave encrypts it.
  - libdave sometimes cannot take a commit that removes somebody: the light client then asks to be added anew
    (op 31).
  - When a call becomes end-to-end encrypted, davey sends in the clear until it is in the new group; cordslite
    goes on encrypting in a call that is not.
"""

import asyncio
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import voice_capture
from simulator import Simulator, arguments, check
from voice_light import LightClient
from voice_measure import SILENCE, Packet, measure, percentile
from voice_sound import speech
from voice_speakers import Cordslite, DiscordPy

# For the whole way into the channel, of a program that is not optimised, on a busy machine.
PATIENCE = 30


class Tapedeck:
    """Our program as somebody at a shell runs it, with folders of its own."""

    def __init__(self, program, simulator, folder):
        self.program, self.simulator = program, simulator
        self.folder = pathlib.Path(folder)
        self.environment = dict(
            os.environ, DISCORD_BOT_TOKEN=simulator.bot_token, HOME=folder, XDG_RUNTIME_DIR=folder,
            TAPEDECK_KEYS=folder + "/keys")
        self.run("keys", "new")

    def run(self, *arguments):
        done = subprocess.run(
            [self.program, *arguments], env=self.environment, stdout=self.simulator.log,
            stderr=self.simulator.log, timeout=60)
        check("tapedeck " + " ".join(arguments[:1]) + " ends with 0", done.returncode == 0, done.returncode)

    def record(self):
        self.began = time.time_ns()
        self.recording = subprocess.Popen(
            [self.program, "record", "--guild", self.simulator.ids["guild"], "--channel",
             self.simulator.ids["voice"], "--captures", self.folder / "captures", "--api-base",
             self.simulator.api_base],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=self.simulator.log,
            stderr=self.simulator.log)

    def stop(self):
        self.recording.terminate()
        code = self.recording.wait(timeout=60)
        check("tapedeck record ends with 0 at SIGTERM", code == 0, code)
        (capture,) = (self.folder / "captures").glob("2*")
        return capture

    def render(self, capture):
        self.run("render", str(capture), "--out", str(self.folder / "tracks"))
        return self.folder / "tracks"


async def until(what, holds, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            check(what, False)
        await asyncio.sleep(0.02)


class Call:
    """Who talks, and how the call goes on."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.over = {}
        self.talking = {}

    async def join(self, *speakers):
        """They join, and talk again and again as soon as they are in the group."""
        for speaker in speakers:
            await speaker.join(self.simulator.ids["voice"])
        for speaker in speakers:
            await until(f"{speaker.kind} is in the group", lambda: speaker.epoch is not None)
            self.begin(speaker)

    def begin(self, speaker):
        seconds, pitch = speaker.seconds, speaker.pitch
        sounds = [speech(length, pitch) for length in (seconds, seconds * 0.7, seconds * 1.3)]
        self.over[speaker] = asyncio.Event()
        self.talking[speaker] = asyncio.create_task(self.talk(speaker, sounds))

    async def talk(self, speaker, sounds):
        for sound in itertools.cycle(sounds):
            await speaker.speak(sound)
            if self.over[speaker].is_set():
                return
            await asyncio.sleep(0.4)

    async def silence(self, *speakers):
        for speaker in speakers:
            self.over[speaker].set()
        await asyncio.gather(*(self.talking[speaker] for speaker in speakers))

    def bring(self, effect):
        self.simulator.control("/voice-fault", effect=effect)


async def converse(simulator, tapedeck):
    """Gives the speakers, those first who talk before we come; and their epoch then."""
    first, second = DiscordPy(simulator, "Dora"), DiscordPy(simulator, "Dan")
    light, lite = LightClient(simulator, "Lib"), Cordslite(simulator, "Lite")
    everybody = [first, second, light, lite]
    for speaker, pitch, seconds in zip(everybody, (170, 120, 210, 140), (2.0, 1.4, 1.7, 1.5)):
        speaker.pitch, speaker.seconds = pitch, seconds
    call = Call(simulator)
    await call.join(first, second)
    await asyncio.sleep(0.5)
    epoch = first.epoch
    check("two talk already, in a group", epoch is not None and epoch == second.epoch, epoch, second.epoch)
    tapedeck.record()
    await until("we are in the group", lambda: first.epoch not in (None, epoch))
    await asyncio.sleep(1.2)
    await call.join(light)
    await call.join(lite)
    await asyncio.sleep(1.5)
    call.bring("downgrade")
    await until("no end-to-end encryption", lambda: first.epoch is None)
    await asyncio.sleep(1.2)
    call.bring("upgrade")
    await until("end-to-end encryption again", lambda: all(s.epoch is not None for s in everybody))
    await asyncio.sleep(1.2)
    await call.silence(lite)
    await lite.leave()
    await asyncio.sleep(1.2)
    await call.silence(first, second, light)
    # The last packets are on their way.
    await asyncio.sleep(0.3)
    return everybody, epoch


def sent(truth, speaker):
    """What the server sent to us of a speaker, with the speaker's notes of it."""
    rows = [row for row in truth if row["user"] == speaker.user]
    notes = {note.timestamp: note for note in speaker.notes}
    missing = [row for row in rows if row["timestamp"] not in notes]
    check(f"{speaker.name}: the server sent what {speaker.kind} did", rows and not missing, missing[:3])
    first = next(i for i, n in enumerate(speaker.notes) if n.timestamp == rows[0]["timestamp"])
    check(f"{speaker.name}: and all of it", len(rows) == len(speaker.notes) - first,
          len(rows), len(speaker.notes), first)
    return rows, [notes[row["timestamp"]] for row in rows]


def closed(notes, epoch):
    """Of each note whether it was sealed before we were in the group, so that nobody can open it for us; davey
    leaves silence in the clear. None where a commit came just then."""
    before = list(itertools.takewhile(lambda note: epoch in note.epochs, notes)) if epoch is not None else []
    states = [
        note.opus != SILENCE and (True if note.epochs == (epoch, epoch) else None) for note in before]
    return states + [False] * (len(notes) - len(before))


def judge(speaker, truth, logged, found, tracks, start, epoch):
    rows, notes = sent(truth, speaker)
    name = f"{speaker.name}, {speaker.kind}"
    keys = {(row["ssrc"], row["sequence"], row["timestamp"]) for row in rows}
    lost = [key for key in keys if key not in logged]
    check(f"{name}: all {len(rows)} packets are logged", not lost, lost[:5])
    packets = found["packets"]
    states = closed(notes, epoch)
    unopened = packets["undecryptable"]["no_epoch"]
    check(f"{name}: {packets['placed']} placed, {unopened} of before our key",
          packets["captured"] == len(rows) == packets["placed"] + unopened
          and states.count(True) <= unopened <= len(states) - states.count(False),
          states.count(True), states.count(None), packets)
    doubtful = unopened > states.count(True)
    heard = [Packet(int(row["speech_time"]), row["timestamp"], note.opus, note.spurt)
             for row, note, state in zip(rows, notes, states)
             if not (doubtful if state is None else state)]
    result = measure(tracks / found["file"], heard, start, speaker.runs_on)
    check(f"{name}: energy {result.energy:.4f}, {result.least:.4f} at the least, {result.spurts} spurts",
          0.99 <= result.energy <= 1.01 and result.least > 0.97, result)
    check(f"{name}: within {result.p99:.2f} ms (p99) at {len(result.lags)} places",
          len(result.lags) >= 8 and result.p99 <= 5, list(zip(result.places, result.lags)))
    return result.lags, transitions(rows, notes)


def transitions(rows, notes):
    """Of each change of keys while the speaker talks: how many packets came in the second behind it.

    All of them are placed, since of all packets those alone are not that were sealed before our first key.
    """
    times = [int(row["speech_time"]) for row in rows]
    begins = [time for time, note, before in zip(times[1:], notes[1:], notes)
              if note.epochs[0] != before.epochs[0]]
    return [sum(begin <= time < begin + 1_000_000_000 for time in times) for begin in begins]


async def main(simulator, program, folder):
    tapedeck = Tapedeck(program, simulator, folder)
    speakers, epoch = await converse(simulator, tapedeck)
    capture = await asyncio.to_thread(tapedeck.stop)
    for speaker in speakers[:3]:
        await speaker.leave()
    tracks = tapedeck.render(capture)
    manifest = json.loads((tracks / "manifest.json").read_text())
    start = int(manifest["session"]["start_unix_ns"])
    truth = [row for row in simulator.truth if row["receiver"] == simulator.ids["bot"]]
    log = voice_capture.speech(capture)
    logged = {(packet.ssrc, packet.sequence, packet.timestamp) for packet in log}
    check("nothing else is logged", len(log) == len(logged) == len(truth), len(log), len(logged), len(truth))
    first = min(truth, key=lambda row: int(row["sent_time"]))
    check("the first that was sent to us is the first in the log",
          (first["ssrc"], first["sequence"], first["timestamp"]) == log[0][1:], first, log[0])
    print(f"from record to the first logged packet: {(log[0].time - tapedeck.began) / 1e6:.0f} ms")
    found = {speaker["user_id"]: speaker for speaker in manifest["speakers"]}
    check("a track of each speaker, and no other", set(found) == {s.user for s in speakers}, list(found))
    lags, changes = [], []
    for speaker in speakers:
        own, seconds = judge(speaker, truth, logged, found[speaker.user], tracks, start,
                             epoch if speaker in speakers[:2] else None)
        lags += own
        changes += seconds
    print(f"alignment of all: p50 {percentile(lags, 50):.2f} ms, p99 {percentile(lags, 99):.2f} ms, "
          f"{len(lags)} places")
    check(f"{len(changes)} changes of keys under speech, {sum(changes)} packets in the second behind them",
          len(changes) >= 10 and sum(changes) >= 250, changes)


if __name__ == "__main__":
    tapedeck, _, logs = arguments()
    simulator = Simulator(tapedeck, logs + "/simulator-voice.log", "--truth")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(asyncio.wait_for(main(simulator, tapedeck, folder), timeout=150))
    simulator.stop()
    print("voice: discord.py 2.7.1, cordslite 0.2.3, davey 0.1.7, dave.py 1.1.0 on Python",
          sys.version.split()[0])

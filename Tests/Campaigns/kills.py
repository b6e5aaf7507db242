#!/usr/bin/env python3
"""`kill -9` at random moments while three people talk: nothing that was written is lost, the capture
renders, and `--resume` goes on.

    Tests/Campaigns/kills.py [--kills 200] [--seed 1] [--lanes 3] [--tapedeck PATH] [--keep]

Captures are killed and taken up again some times each, then stopped, verified, rendered and compared
with what the simulator sent. A line a kill on standard error, figures on standard output; 1 when
anything was not as it has to be.
"""

import argparse
import collections
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import capture as captures  # noqa: E402
from studio import PEOPLE, Failure, Studio, build_faulty_disk, require  # noqa: E402

# What may be lost at a kill: what lay in the ring, 20 ms by design. A busy machine may take longer; how
# much longer, the arrivals of what was not lost tell.
LOSS_LIMIT = 1.0
# The same for the median of all kills, where no excuse of a busy machine counts.
MEDIAN_LIMIT = 0.05


class Figures:
    def __init__(self, wanted):
        self.lock = threading.Lock()
        self.wanted = wanted
        self.kills = collections.Counter()
        self.at = collections.Counter()
        self.lost = []  # seconds of speech that a kill took, one for each kill while packets came
        self.lost_packets = 0
        self.counts = collections.Counter()
        self.failures = []

    def is_enough(self):
        with self.lock:
            return sum(self.kills.values()) >= self.wanted or len(self.failures) > 5

    def note(self, **counts):
        with self.lock:
            self.counts.update(counts)


class Chain:
    """One capture, killed some times."""

    def __init__(self, number, options, folder, library, figures):
        self.random = random.Random(f"{options.seed}/{number}")
        self.number, self.figures = number, figures
        self.studio = Studio(options.tapedeck, folder, library)
        self.capture = None
        self.runs = []  # (whether it resumed, names of its segments, when it was killed or told to stop)
        self.sealed = {}  # digests of the files of runs that are over

    def run(self):
        for _ in range(self.random.randint(3, 7)):
            if self.figures.is_enough():
                break
            self.kill_once()
        self.finish()

    # One run

    def start(self, kill_at=None):
        if self.capture:
            return self.studio.record("--resume", self.capture, kill_at=kill_at)
        return self.studio.record(kill_at=kill_at)

    def kill_once(self):
        way = self.random.choices(["start", "talk", "call", "finish"], [20, 30, 35, 15])[0]
        kill_at = int(2 ** self.random.uniform(0, 8.5)) if way == "call" else None
        delay = self.random.uniform(0, {"start": 1.5, "talk": 1.5, "call": 0, "finish": 0.12}[way])
        before, resumed = self.names(), bool(self.capture)
        recorder = self.start(kill_at)
        sizes, asked = {}, None
        try:
            if way == "start":
                time.sleep(delay)
            elif way == "talk":
                if recorder.wait_for_speech():
                    time.sleep(delay)
            elif way == "finish":
                if recorder.wait_for_speech():
                    time.sleep(0.3)
                asked = time.time()
                recorder.signal(signal.SIGINT)
                time.sleep(delay)
            else:
                deadline = time.time() + 8
                while recorder.runs and time.time() < deadline:
                    time.sleep(0.005)
            sizes = self.sizes()
            recorder.signal(signal.SIGKILL)
            killed = time.time()
            status = recorder.end()
            require(status in (0, -9), f"the recorder ended with {status}:", recorder.error_text())
            self.check_after(way, status, before, resumed, sizes, asked or killed)
        finally:
            recorder.close()

    def names(self):
        return set(os.listdir(self.capture)) if self.capture else set()

    def sizes(self):
        """Of all files of captures as they are now; segments without `.part`."""
        sizes = {}
        for folder in self.studio.capture_folders()[0]:
            for name in os.listdir(folder):
                if name.startswith(("segment-", "keys")):
                    try:
                        sizes[name.removesuffix(".part")] = os.path.getsize(os.path.join(folder, name))
                    except FileNotFoundError:
                        pass  # it was renamed just now
        return sizes

    def check_after(self, way, status, before, resumed, sizes, stopped):
        point = way
        if os.path.exists(self.studio.last_words):
            with open(self.studio.last_words) as file:
                point = file.read().strip()
        whole, empty = self.studio.capture_folders()
        require(len(whole) <= 1, "there is more than one capture:", whole)
        if whole and not self.capture:
            self.capture = whole[0]
            # A capture that no recorder began to fill: another took its place.
            for folder in empty:
                require(not captures.segment_names(folder), "a segment without a session in", folder)
        after = self.sizes()
        for name, size in sizes.items():
            require(after.get(name, 0) >= size, f"{name} had {size} bytes, and has", after.get(name))
        new = self.names() - before
        made = sorted(n for n in new if n.startswith("segment-"))
        self.runs.append((resumed, made, stopped))
        self.check_sealed()
        torn = self.verify() if self.capture else 0
        packets = 0
        for name in made:
            packets += len(captures.Segment(os.path.join(self.capture, name)).packets)
        if packets:
            self.render()
        phase = self.phase(made, packets, way)
        if status == -9:
            with self.figures.lock:
                self.figures.kills[phase] += 1
                self.figures.at[" ".join(point.split()[:1]) + " of " + self.kind(point)
                                if " " in point else "a moment"] += 1
                number = sum(self.figures.kills.values())
            print(
                f"kill {number}: capture {self.number}, run {len(self.runs)}, {phase}, at {point}, "
                f"{packets} packets" + (f", {torn} torn" if torn else ""), file=sys.stderr, flush=True)
            self.figures.note(torn=torn)
        else:
            self.figures.note(ended_before_the_kill=1)

    @staticmethod
    def kind(point):
        name = point.split()[-1]
        for kind in ("segment", "keys", "session", ".nickname"):
            if name.startswith(kind):
                return kind.strip(".")
        return "folder"

    def phase(self, made, packets, way):
        if way == "finish":
            return "finishing"
        if not self.capture or not made:
            return "before the capture" if not self.capture else "before its segment"
        return "talking" if packets else "joining"

    def check_sealed(self):
        """What earlier runs left is as they left it."""
        if not self.capture:
            return
        for name in sorted(os.listdir(self.capture)):
            if not name.startswith(("segment-", "keys")):
                continue
            with open(os.path.join(self.capture, name), "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            require(self.sealed.setdefault(name, digest) == digest, f"{name} was changed")
        for name in self.sealed:
            require(os.path.exists(os.path.join(self.capture, name)), f"{name} is gone")

    def verify(self):
        """Nothing but what a kill tears: the number of torn ends."""
        status, output, errors = self.studio.run("verify", self.capture, "--json", statuses=(0, 65))
        report = json.loads(output)
        bad = [d for d in report["damages"] if d["cause"] != "torn"]
        # Packets may come some milliseconds before the first key of their connection is stored.
        bad += [p for p in report["problems"]
                if "torn" not in p["message"] and "nobody can open" not in p["message"]]
        require(not bad, "verify:", bad)
        torn = len(report["damages"]) + len(report["problems"])
        require((status == 65) == (torn > 0), "verify ended with", status, errors)
        return torn

    def render(self, name="tracks"):
        output = os.path.join(self.studio.folder, name)
        shutil.rmtree(output, ignore_errors=True)
        self.studio.run("render", self.capture, "--out", output)
        with open(os.path.join(output, "manifest.json")) as file:
            return json.load(file)

    # The whole

    def finish(self):
        before, resumed = self.names(), bool(self.capture)
        recorder = self.start()
        try:
            recorder.wait_for_speech(60_000)
            running = self.studio.capture_folders()[0][0]
            self.studio.run(
                "render", running, "--partial", "--out", os.path.join(self.studio.folder, "partial"))
            stopped = time.time()
            recorder.signal(signal.SIGINT)
            status = recorder.end()
            require(status == 0, f"a clean stop ended with {status}:", recorder.error_text())
            last = recorder.events()[-1]
            require(last["event"] == "done" and last["end_reason"] == "stopped", "the end is", last)
        finally:
            recorder.close()
        whole, empty = self.studio.capture_folders()
        require(len(whole) == 1, "captures:", whole)
        self.figures.note(captures=1, folders_without_session=len(empty))
        if resumed:
            self.figures.note(resumed=1)
        self.capture = whole[0]
        made = sorted(n for n in self.names() - before if n.startswith("segment-"))
        self.runs.append((resumed, made, stopped))
        self.check_sealed()
        self.verify()
        self.check_consent()
        self.check_contents()

    def check_consent(self):
        members = self.studio.members()
        nicks = [m.get("nick") for m in members if m["user"]["id"] == self.studio.ids["bot"]]
        require(nicks == [None], "the nickname is not restored:", nicks)
        left = [n for n in os.listdir(self.studio.captures) if n.startswith(".nickname")]
        require(not left, "left behind:", left)
        sessions = [
            s for s in self.studio.simulator.report("/voice")["sessions"]
            if s["user"] == self.studio.ids["bot"]]
        require(not sessions, "the bot is still in the channel:", sessions)

    def truth(self):
        bot = self.studio.ids["bot"]
        return sorted(
            (int(p["sent_time"]), (p["ssrc"], p["sequence"], p["timestamp"]))
            for p in self.studio.simulator.report("/truth")
            if p["receiver"] == bot and p["fate"] == "sent")

    def check_contents(self):
        truth = self.truth()
        parsed = {s.name: s for s in captures.segments(self.capture)}
        readable = 0
        resumes = 0
        connections = set()
        for index, (resumed, names, stopped) in enumerate(self.runs):
            own = [parsed[n] for n in names]
            if not own:
                continue
            self.check_beginning(own[0], resumed)
            resumes += resumed
            numbers = {c["connection"] for s in own for c in s.of("connection")}
            require(not numbers & connections, "connection numbers came twice:", numbers)
            connections |= numbers
            self.check_losses(own, truth, stopped, is_killed=index + 1 < len(self.runs))
            readable += self.readable(own)
        sealed = self.check_keys(parsed.values())
        keyless = sum(
            1 for s in parsed.values() for _, _, connection in s.packets if connection not in sealed)
        self.check_tracks(self.render("final"), readable, keyless, resumes)

    def check_beginning(self, segment, resumed):
        """That a recorder went on is told, and that there was a gap."""
        begins = segment.of("recorder")
        if not begins:  # killed before
            return
        require(begins[0]["resumed"] == resumed, segment.name, "begins with", begins)
        gaps = [g for g in segment.of("gap") if g["cause"] == "recorder" and g["state"] == "ends"]
        # The two are appended one after the other, so a kill may fall between.
        if resumed and segment.of("connection"):
            require(len(gaps) == 1, segment.name, "tells of no gap")

    def check_losses(self, own, truth, stopped, is_killed):
        """All that was sent from its first packet on is there, but for the last moment."""
        stored = {key: time for segment in own for time, key, _ in segment.packets}
        times = [time for time, key in truth if key in stored]
        if not times:
            return
        # The simulator notes the time, and sends when it gets its turn.
        delay = max(stored[key] - time for time, key in truth if key in stored) / 1e9
        first, last, end = min(times), max(times), int(stopped * 1e9)
        missing = [(t, key) for t, key in truth if first < t < end and key not in stored]
        holes = [key for t, key in missing if t < last - 50_000_000]
        require(not holes, f"{own[0].name}: {len(holes)} packets are missing in between", holes[:3])
        lost = (end - min(t for t, _ in missing)) / 1e9 if missing else 0.0
        if is_killed:
            with self.figures.lock:
                self.figures.lost.append(lost)
                self.figures.lost_packets += len(missing)
            require(
                lost < LOSS_LIMIT + 2 * delay,
                f"{own[0].name}: the last {lost:.3f} s are lost, packets took up to {delay:.3f} s")
        else:
            early = [t for t, _ in missing if t < end - (0.02 + 2 * delay) * 1e9]
            require(
                not early, f"{own[0].name}: {len(early)} packets lost at a clean stop, the first "
                f"{lost:.3f} s before; packets took up to {delay:.3f} s")

    def readable(self, own):
        """How many packets there are behind the first change of keys of their connection: a moment
        later, for those that were on their way, which is longer where the simulator stood still."""
        since, last, stall = {}, {}, collections.Counter()
        for segment in own:
            for time_, _, connection in segment.packets:
                pause = time_ - last.get(connection, time_)
                stall[connection] = max(stall[connection], pause if pause > 50_000_000 else 0)
                last[connection] = time_
        for segment in own:
            for time_, kind, data in segment.events:
                if kind == "dave_transition" and data["state"] == "executed":
                    since.setdefault(data["connection"], time_)
        speakers = {s["ssrc"] for segment in own for s in segment.of("speaking")}
        return sum(
            1 for segment in own for time_, key, connection in segment.packets
            if key[0] in speakers
            and time_ > since.get(connection, 1 << 62) + 100_000_000 + 2 * stall[connection])

    def check_keys(self, segments):
        """The keys of each epoch that the recorder said it was ready for are there, and the transport
        keys of their connections: the connections of which that is so."""
        senders = collections.defaultdict(set)
        records = captures.key_records(self.capture)
        sealed = {r["connection"] for r in records if r["kind"] == "transport"}
        for record in records:
            if record["kind"] == "sender":
                senders[record["connection"], record["incarnation"], record["epoch"]].add(record["user"])
        members, ready = {}, set()
        for segment in segments:
            for _, kind, data in segment.events:
                group = (data.get("connection"), data.get("incarnation"), data.get("epoch"))
                if kind == "dave_epoch":
                    members[group] = data["members"]
                elif kind == "dave_transition" and data.get("epoch") is not None:
                    ready.add(group)
        for group in ready:
            require(group[0] in sealed, "there is no transport key of connection", group[0])
            require(
                len(senders[group]) >= members.get(group, 1), f"keys of {group}:", senders[group],
                "of", members.get(group))
        self.figures.note(epochs_with_keys=len(ready))
        return sealed

    def check_tracks(self, manifest, readable, keyless, resumes):
        speakers = {s["user_id"]: s for s in manifest["speakers"]}
        for person in PEOPLE:
            speaker = speakers.get(self.studio.ids[person])
            require(speaker and speaker["speech_samples"] > 0, f"nothing is heard of {person}")
            bad = {k: n for k, n in speaker["packets"]["undecryptable"].items()
                   if n and k in ("bad_tag", "replay", "unmapped")}
            require(not bad, f"packets of {person} do not open:", bad)
        placed = sum(s["packets"]["placed"] for s in speakers.values())
        early = sum(s["packets"]["undecryptable"]["no_epoch"] for s in speakers.values())
        # A kill while the first key of a connection was on its way: nothing of it could be opened yet.
        closed = sum(s["packets"]["undecryptable"]["transport"] for s in speakers.values())
        require(closed <= keyless, f"{closed} packets do not open, {keyless} have no key")
        require(placed >= readable, f"{placed} packets are placed, {readable} can be read")
        gaps = [e for e in manifest["events"] if e["kind"] == "gap"]
        told = [e for e in gaps if "recorder" in json.dumps(e)]
        require(len(told) >= resumes - self.silent_runs(), f"{resumes} resumes, gaps:", told)
        self.figures.note(
            packets_placed=placed, packets_without_transport_key=keyless, packets_before_the_keys=early, gaps_told=len(told), resumes=resumes)

    def silent_runs(self):
        """Runs that went on, and were killed before they had told that."""
        count = 0
        for resumed, names, _ in self.runs:
            if resumed and names and not captures.Segment(os.path.join(self.capture, names[0])).of("gap"):
                count += 1
        return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--lanes", type=int, default=3, help="recorders side by side")
    parser.add_argument("--tapedeck", default=".build/debug/tapedeck")
    parser.add_argument("--keep", action="store_true", help="keep the folders")
    options = parser.parse_args()
    options.tapedeck = os.path.abspath(options.tapedeck)
    root = tempfile.mkdtemp(prefix="tapedeck-kills-")
    library = build_faulty_disk(root)
    figures = Figures(options.kills)
    numbers = iter(range(1, 1_000_000))
    begin = time.time()

    def lane():
        while not figures.is_enough():
            with figures.lock:
                number = next(numbers)
            folder = os.path.join(root, str(number))
            os.mkdir(folder)
            chain = None
            is_well = False
            try:
                chain = Chain(number, options, folder, library, figures)
                chain.run()
                is_well = True
            except Exception as error:  # noqa: BLE001: whatever it is, it is a failure of this capture
                text = str(error) if isinstance(error, Failure) else traceback.format_exc()
                with figures.lock:
                    figures.failures.append(f"capture {number}: {text}")
                print(f"FAILED capture {number}: {text}; see {folder}", file=sys.stderr, flush=True)
            finally:
                if chain:
                    chain.studio.stop()
            if is_well and not options.keep:
                shutil.rmtree(folder)

    threads = [threading.Thread(target=lane) for _ in range(options.lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not options.keep and not figures.failures:
        shutil.rmtree(root)
    lost = sorted(figures.lost)
    if lost and lost[len(lost) // 2] > MEDIAN_LIMIT:
        figures.failures.append(f"half of the kills take more than {MEDIAN_LIMIT} s")
    report(figures, time.time() - begin)
    sys.exit(1 if figures.failures else 0)


def report(figures, seconds):
    kills = sum(figures.kills.values())
    print(f"{kills} kills in {seconds:.0f} s, {figures.counts['captures']} captures")
    print("by phase: " + ", ".join(f"{n} {phase}" for phase, n in figures.kills.most_common()))
    print("at: " + ", ".join(f"{n} {call}" for call, n in figures.at.most_common()))
    lost = sorted(figures.lost)
    if lost:
        print(
            f"lost at a kill while packets came: median {lost[len(lost) // 2] * 1000:.1f} ms, "
            f"most {lost[-1] * 1000:.1f} ms of speech, {figures.lost_packets} packets in "
            f"{len(lost)} kills")
    for name in sorted(figures.counts):
        print(f"{name.replace('_', ' ')}: {figures.counts[name]}")
    for failure in figures.failures:
        print("FAILED " + failure)
    print("SUMMARY " + (
        f"{kills} kills: nothing written was lost" if not figures.failures
        else f"{len(figures.failures)} captures failed"))


main()

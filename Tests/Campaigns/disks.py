#!/usr/bin/env python3
"""Disks that are full, fail, hang or are read-only, under `tapedeck record`: a clean stop or a new
segment, told; and nothing is lost that was written.

    Tests/Campaigns/disks.py [--tapedeck PATH] [CASE...]

One line a case on standard output; 1 when anything was not as it has to be. Faults of single calls
come from faulty_disk.c; the cases `full`, `filled`, `full-at-start` and `read-only-at-start` take a
tmpfs of their own, which needs root, and are left out with a line otherwise.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import capture as captures  # noqa: E402
from studio import PEOPLE, Failure, Studio, build_faulty_disk, require  # noqa: E402

# The recorder stops when less is free.
FLOOR = 64 << 20


class Case:
    def __init__(self, studio):
        self.studio = studio
        command = os.path.join(studio.folder, "alert")
        self.alerts = os.path.join(studio.folder, "alerts")
        with open(command, "w") as file:
            file.write(f'#!/bin/sh\necho "$1 $2" >> {self.alerts}\n')
        os.chmod(command, 0o700)
        self.options = ["--alert", "command:" + command]

    def start(self, *arguments):
        self.recorder = self.studio.record(*self.options, *arguments)
        if self.recorder.wait_for_speech():
            return self.recorder
        raise Failure("the recorder ended: " + self.recorder.error_text())

    def fail(self, *lines):
        """From now on the disk fails so; without lines it does not any more."""
        path = self.studio.control_file
        if not lines:
            os.unlink(path)
            return
        with open(path + ".new", "w") as file:
            file.write("\n".join(lines) + "\n")
        os.rename(path + ".new", path)

    def told(self):
        if not os.path.exists(self.alerts):
            return []
        with open(self.alerts) as file:
            return file.read().split("\n")[:-1]

    def end(self, status, reason, says=""):
        """Waits for the end, and checks what it says."""
        code = self.recorder.end()
        errors = self.recorder.error_text()
        last = self.recorder.events()[-1]
        require(code == status, f"it ended with {code}, not {status}:", errors)
        require(last.get("end_reason") == reason, "the reason is", last)
        require(last["exit"] == status, "the last status line has", last)
        require(says in errors, f"it does not say '{says}':", errors)
        return last

    def stop(self, status=0, says=""):
        self.recorder.signal(signal.SIGINT)
        return self.end(status, "stopped", says)

    def segments(self):
        (folder,), _ = self.studio.capture_folders()
        return captures.segment_names(folder)

    def check(self, until=None, lost=0.0):
        """What the simulator sent is in the capture, but for `lost` seconds before `until` at most;
        it verifies, but for torn ends; and it renders."""
        (folder,), _ = self.studio.capture_folders()
        stored = {key for s in captures.segments(folder) for _, key, _ in s.packets}
        bot = self.studio.ids["bot"]
        sent = sorted(
            (int(p["sent_time"]), (p["ssrc"], p["sequence"], p["timestamp"]))
            for p in self.studio.simulator.report("/truth")
            if p["receiver"] == bot and p["fate"] == "sent")
        first = min(t for t, key in sent if key in stored)
        end = int((until or time.time()) * 1e9) - 20_000_000
        missing = [t for t, key in sent if first < t < end - int(lost * 1e9) and key not in stored]
        require(not missing, f"{len(missing)} of {len(sent)} packets are missing")
        status, output, _ = self.studio.run("verify", folder, "--json", statuses=(0, 65))
        report = json.loads(output)
        bad = [d for d in report["damages"] if d["cause"] != "torn"]
        bad += [p for p in report["problems"] if "torn" not in p["message"]]
        require(not bad, "verify:", bad)
        output = os.path.join(self.studio.folder, "tracks")
        shutil.rmtree(output, ignore_errors=True)
        self.studio.run("render", folder, "--out", output)
        with open(os.path.join(output, "manifest.json")) as file:
            speakers = {s["user_id"]: s for s in json.load(file)["speakers"]}
        for person in PEOPLE:
            require(
                speakers[self.studio.ids[person]]["speech_samples"] > 0, f"nothing is heard of {person}")

    def resume(self):
        """The capture goes on."""
        (folder,), _ = self.studio.capture_folders()
        before = self.segments()
        self.start("--resume", folder)
        stopped = time.time()
        self.stop()
        require(len(self.segments()) > len(before), "there is no new segment")
        return stopped


def once(call, error):
    def run(case):
        case.start()
        case.fail(f"{call} {error} 1")
        time.sleep(3)
        case.fail()
        stopped = time.time()
        case.stop()
        require(len(case.segments()) == 2, "segments:", case.segments())
        warnings = [e["message"] for e in case.recorder.events() if e["event"] == "warning"]
        require(any("new segment" in w for w in warnings), "it is not told:", warnings)
        case.check(stopped)
        return "a new segment, told, nothing lost"
    return run


def for_some_time(error):
    def run(case):
        case.start()
        begin = time.time()
        case.fail(f"all {error}")
        case.recorder.wait_for(
            lambda e: e.get("code") == "disk_error" and not e["cleared"], "the alert")
        told = time.time() - begin
        time.sleep(2)
        case.fail()
        case.recorder.wait_for(
            lambda e: e.get("code") == "disk_error" and e["cleared"], "the all-clear", limit=60)
        stopped = time.time()
        case.stop()
        require(
            case.told() == ["raised disk_error", "cleared disk_error"], "alerts:", case.told())
        case.check(stopped)
        return f"told after {told:.1f} s, with an all-clear; a new segment, nothing lost"
    return run


def for_good(error):
    def run(case):
        case.start()
        failed = time.time()
        case.fail(f"all {error}")
        case.recorder.wait_for(lambda e: e.get("code") == "disk_error", "the alert")
        last = case.stop(75, "look after the disk")
        require(not last["complete"], "it says that all is stored:", last)
        require("raised ended" in case.told(), "alerts:", case.told())
        case.fail()
        # What was on its way to the disk: 20 ms by design.
        case.check(failed, lost=0.5)
        case.resume()
        return "told; stopped with 75, what was written is there; it goes on"
    return run


def hangs(case):
    case.start()
    case.fail("sync sleep 4000")
    time.sleep(5)
    case.fail()
    time.sleep(5)
    require("raised disk_error" not in case.told(), "alerts of a slow disk:", case.told())
    times = []
    for call, limit in ("write", 5), ("sync", 10):
        told = len(case.told())
        begin = time.time()
        case.fail(f"{call} sleep {limit * 1000 + 4000}")
        case.recorder.wait_for(lambda _: len(case.told()) > told, "the alert", limit=limit + 4)
        times.append(time.time() - begin)
        case.fail()
        case.recorder.wait_for(lambda _: len(case.told()) > told + 1, "the all-clear")
    stopped = time.time()
    case.stop()
    require(
        case.told() == ["raised disk_error", "cleared disk_error"] * 2, "alerts:", case.told())
    case.check(stopped)
    return "syncs of 4 s: nothing to tell; a hung write and a hung sync: told after " + (
        " and ".join(f"{t:.1f} s" for t in times)) + ", each with an all-clear, nothing lost"


def filled(case):
    """Somebody else fills the disk, down to the floor and slowly enough to see it."""
    case.start()
    filler = os.path.join(case.studio.captures, ".filler")
    fill(filler, case.studio.captures, FLOOR - (1 << 20))
    stopped = time.time()
    case.end(75, "disk_full", "make room")
    require("raised ended" in case.told(), "alerts:", case.told())
    case.check(stopped)
    os.unlink(filler)
    case.resume()
    return "a clean stop at the floor, told; it goes on when there is room"


def full(case):
    """The disk is full to the last byte at once."""
    case.start()
    stopped = time.time()
    filler = os.path.join(case.studio.captures, ".filler")
    fill(filler, case.studio.captures, 0)
    case.end(75, "disk_full", "make room")
    require("raised ended" in case.told(), "alerts:", case.told())
    case.check(stopped)
    os.unlink(filler)
    case.resume()
    return "stopped with 75, told; what was written is there; it goes on when there is room"


def full_at_start(case):
    fill(os.path.join(case.studio.captures, ".filler"), case.studio.captures, FLOOR - (1 << 20))
    recorder = case.recorder = case.studio.record()
    code = recorder.end()
    require(code == 75, f"it ended with {code}:", recorder.error_text())
    require("free" in recorder.error_text(), "it says", recorder.error_text())
    require(case.studio.capture_folders() == ([], []), "something is left")
    return "75 before anything is joined, nothing left behind"


def read_only_at_start(case):
    case.start()
    stopped = time.time()
    case.stop()
    (folder,), _ = case.studio.capture_folders()
    subprocess.run(["mount", "-o", "remount,ro", case.studio.captures], check=True)
    for more in [], ["--resume", folder]:
        case.recorder.close()
        recorder = case.recorder = case.studio.record(*more)
        code = recorder.end()
        require(code == 77, f"it ended with {code}:", recorder.error_text())
        require("Read-only" in recorder.error_text(), "it says", recorder.error_text())
    case.check(stopped)
    return "77 before anything is joined, the capture as it was"


def fill(path, folder, free):
    """Takes all but `free` bytes of a file system."""
    with open(path, "wb", buffering=0) as file:
        status = os.statvfs(folder)
        size = status.f_bavail * status.f_frsize - free
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError:
            pass
        block = bytes(1 << 12)
        while free == 0:
            try:
                file.write(block)
            except OSError:
                break


CASES = {
    "write-fails-once": (once("write", "EIO"), None),
    "sync-fails-once": (once("sync", "EIO"), None),
    "io-errors-for-a-while": (for_some_time("EIO"), None),
    "no-space-for-a-while": (for_some_time("ENOSPC"), None),
    "io-errors-for-good": (for_good("EIO"), None),
    "read-only": (for_good("EROFS"), None),
    "quota": (for_good("EDQUOT"), None),
    "hangs": (hangs, None),
    "filled": (filled, 96),
    "full": (full, 96),
    "full-at-start": (full_at_start, 96),
    "read-only-at-start": (read_only_at_start, 96),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tapedeck", default=".build/debug/tapedeck")
    parser.add_argument("--keep", action="store_true", help="keep the folders of failures")
    parser.add_argument("cases", nargs="*", help=", ".join(CASES))
    options = parser.parse_args()
    for name in options.cases:
        if name not in CASES:
            parser.error(f"there is no case {name}")
    tapedeck = os.path.abspath(options.tapedeck)
    root = tempfile.mkdtemp(prefix="tapedeck-disks-")
    library = build_faulty_disk(root)
    failed = ran = 0
    for name in options.cases or CASES:
        body, mebibytes = CASES[name]
        if mebibytes and os.geteuid() != 0:
            print(f"left out {name}: a file system of its own needs root", flush=True)
            continue
        ran += 1
        folder = os.path.join(root, name)
        volume = os.path.join(folder, "captures")
        os.makedirs(volume)
        if mebibytes:
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tapedeck-disks", volume], check=True)
        studio = case = None
        try:
            studio = Studio(tapedeck, folder, library, volume)
            case = Case(studio)
            print(f"ok      {name}: {body(case)}", flush=True)
        except Exception as error:  # noqa: BLE001: whatever it is, it is a failure of this case
            failed += 1
            text = str(error) if isinstance(error, Failure) else traceback.format_exc()
            print(f"FAILED  {name}: {text}", flush=True)
        finally:
            if case and hasattr(case, "recorder"):
                case.recorder.close()
            if studio:
                studio.stop()
            if mebibytes:
                subprocess.run(["umount", "-l", volume], check=False)
    if not (options.keep and failed):
        shutil.rmtree(root)
    print("SUMMARY " + (f"{failed} of {ran} cases failed" if failed else f"{ran} disks: all as it has to be"))
    sys.exit(1 if failed else 0)


main()

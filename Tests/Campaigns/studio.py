"""`tapedeck record` as a process, in a call of three people who talk end-to-end encrypted in a
simulated Discord of its own; with a disk that goes wrong when told (faulty_disk.c)."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "Peers"))
from simulator import Simulator  # noqa: E402

PEOPLE = ["alice", "bob", "carol"]


class Failure(Exception):
    pass


def require(holds, what, *seen):
    if not holds:
        raise Failure(" ".join([what, *(str(s) for s in seen)]))


def build_faulty_disk(folder):
    library = os.path.join(folder, "faulty_disk.so")
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        sys.exit("no C compiler, neither cc nor clang")
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", library, os.path.join(here, "faulty_disk.c"), "-ldl"],
        check=True)
    return library


class Studio:
    """A simulator with three people who talk all the time, and folders for one recorder."""

    def __init__(self, tapedeck, folder, library, captures=None):
        self.tapedeck, self.folder, self.library = tapedeck, folder, library
        self.captures = captures or os.path.join(folder, "captures")
        self.control_file = os.path.join(folder, "control")
        self.last_words = os.path.join(folder, "last-words")
        for name in ["run", "home", "keys", self.captures]:
            os.makedirs(os.path.join(folder, name), mode=0o700, exist_ok=True)
        self.run("keys", "new")
        self.simulator = Simulator(
            tapedeck, os.path.join(folder, "simulator.log"), "--rate-limits", "off", "--truth")
        self.ids = self.simulator.ids
        for person in PEOPLE:
            self.simulator.control(
                "/speak", user=self.ids[person], channel=self.ids["voice"], seconds=3, pause=200,
                repetitions=0)

    def environment(self):
        environment = {
            name: value for name, value in os.environ.items()
            if name not in ("CREDENTIALS_DIRECTORY", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
        path = lambda name: os.path.join(self.folder, name)
        environment.update(
            HOME=path("home"), XDG_RUNTIME_DIR=path("run"), TAPEDECK_KEYS=path("keys"),
            SWIFT_BACKTRACE="enable=no")
        if hasattr(self, "simulator"):
            environment["DISCORD_BOT_TOKEN"] = self.simulator.bot_token
        return environment

    def run(self, *arguments, statuses=(0,)):
        """Runs a command of ours to its end; gives status, output and errors."""
        done = subprocess.run(
            [self.tapedeck, *arguments], env=self.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, text=True)
        require(
            done.returncode in statuses, f"tapedeck {' '.join(arguments)} ended with "
            f"{done.returncode}:", done.stderr[-2000:])
        return done.returncode, done.stdout, done.stderr

    def record(self, *arguments, kill_at=None):
        return Recorder(self, arguments, kill_at)

    def capture_folders(self):
        """Those that hold a session; and those that a recorder did not come to fill."""
        names = [n for n in sorted(os.listdir(self.captures)) if not n.startswith(".")]
        paths = [os.path.join(self.captures, n) for n in names if n != "lost+found"]
        whole = [p for p in paths if os.path.exists(os.path.join(p, "session.json"))]
        return whole, [p for p in paths if p not in whole]

    def members(self):
        """Of the guild, whose names begin as the bot's."""
        return self.simulator.ours("discord", "members", "--name", "Tapedeck")

    def stop(self):
        self.simulator.process.kill()
        self.simulator.process.wait()
        self.simulator.log.close()


class Recorder:
    """`tapedeck record`, running."""

    def __init__(self, studio, arguments, kill_at):
        self.studio = studio
        environment = studio.environment()
        environment.update(
            LD_PRELOAD=studio.library, FAULT_ROOT=studio.captures, FAULT_LOG=studio.last_words,
            FAULT_CONTROL=studio.control_file)
        if kill_at:
            environment["FAULT_KILL_AT"] = str(kill_at)
        if os.path.exists(studio.last_words):
            os.unlink(studio.last_words)
        self.output = open(os.path.join(studio.folder, "record.out"), "wb+")
        self.errors = open(os.path.join(studio.folder, "record.err"), "wb+")
        self.started = time.time()
        self.process = subprocess.Popen(
            [studio.tapedeck, "record", "--guild", "Tape Club", "--channel", "Listening Room",
             "--captures", studio.captures, "--status", "json", "--api-base",
             studio.simulator.api_base, *arguments],
            env=environment, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors)

    @property
    def runs(self):
        return self.process.poll() is None

    def events(self):
        self.output.seek(0)
        lines = self.output.read().decode(errors="replace").split("\n")[:-1]
        return [json.loads(line) for line in lines if line]

    def error_text(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")

    def bytes_written(self):
        """Of the segment that is written now."""
        sizes = [0]
        for folder in self.studio.capture_folders()[0]:
            for name in os.listdir(folder):
                if name.endswith(".part"):
                    try:
                        status = os.stat(os.path.join(folder, name))
                    except FileNotFoundError:
                        continue
                    if status.st_mtime >= self.started - 0.01:
                        sizes.append(status.st_size)
        return max(sizes)

    def wait_for_speech(self, size=20_000, limit=30.0):
        """Until that many bytes are in the segment; false when the process ends before."""
        deadline = time.time() + limit
        while self.runs and time.time() < deadline:
            if self.bytes_written() >= size:
                return True
            time.sleep(0.02)
        require(not self.runs, "nothing was recorded in time:", self.error_text())
        return False

    def wait_for(self, predicate, what, limit=30.0):
        deadline = time.time() + limit
        while time.time() < deadline:
            found = [event for event in self.events() if predicate(event)]
            if found:
                return found[0]
            require(self.runs, f"the recorder ended before {what}:", self.error_text())
            time.sleep(0.1)
        raise Failure(f"not in time: {what}; {self.error_text()}")

    def signal(self, number=signal.SIGINT):
        if self.runs:
            self.process.send_signal(number)

    def end(self, limit=40.0):
        """Waits; gives the exit code, negative for a signal."""
        try:
            return self.process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failure("the recorder does not end: " + self.error_text()) from None

    def close(self):
        if self.runs:
            self.process.kill()
            self.process.wait()
        self.output.close()
        self.errors.close()

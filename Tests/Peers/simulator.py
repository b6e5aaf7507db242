"""The simulated Discord, our own programs, and checks, for the peers' scripts.

Standard library only. `Simulator` starts `tapedeck simulate discord`, whose one line of JSON tells the
addresses, tokens and ids; what people do and what goes wrong is then asked for by HTTP at its control
address. `ours` runs a command of `tapedeck` as the sample's bot.
"""

import atexit
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request


class Simulator:
    def __init__(self, tapedeck, log, *options):
        self.tapedeck = tapedeck
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            [tapedeck, "simulate", "discord", "--json", *options], stdout=subprocess.PIPE, stderr=self.log)
        atexit.register(self.process.kill)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the simulator did not start; see " + log)
        facts = json.loads(line)
        self.api_base = facts["api_base"]
        self.gateway = facts["gateway"]
        self.control_base = facts["control"]
        self.bot_token = facts["bot_token"]
        self.user_token = facts["user_token"]
        self.ids = facts["ids"]

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        check("the simulator ends with 0 when told to", code == 0, code)

    def control(self, path="", **body):
        """A call of the simulator's own: something is to happen; without a path: what the gateway did."""
        data = json.dumps(body).encode() if path else None
        return self.call(path, data)

    @property
    def truth(self):
        """The packets of speech that it sent to clients."""
        return self.call("/truth", None)

    def call(self, path, data):
        request = urllib.request.Request(self.control_base + path, data)
        if data:
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                data = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()}") from None
        return json.loads(data) if data else None

    def report(self, path):
        """What the simulator tells: `/voice`, `/truth`."""
        with urllib.request.urlopen(self.control_base + path, timeout=60) as answer:
            return json.load(answer)

    def post(self, user, channel, content):
        """Somebody posts a message."""
        return self.control("/message", user=user, channel=channel, content=content)

    def ours(self, *arguments):
        """Runs `tapedeck ARGUMENTS` as the sample's bot and gives its JSON."""
        environment = dict(os.environ, DISCORD_BOT_TOKEN=self.bot_token)
        done = subprocess.run(
            [self.tapedeck, *arguments, "--api-base", self.api_base, "--json"], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"tapedeck {arguments}: {done.returncode}: {done.stderr.decode()}")
        return json.loads(done.stdout)


class PeerBot:
    """Our bot, which answers `!echo TEXT` with TEXT."""

    def __init__(self, program, simulator):
        environment = dict(
            os.environ, DISCORD_BOT_TOKEN=simulator.bot_token, DISCORD_API_BASE=simulator.api_base)
        self.process = subprocess.Popen(
            [program], env=environment, stdout=simulator.log, stderr=simulator.log)
        atexit.register(self.process.kill)
        # Until it has its session.
        deadline = time.monotonic() + 60
        while not any(s["user"] == simulator.ids["bot"] for s in simulator.control()["sessions"]):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit("PeerBot did not come")
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        check("PeerBot ends with 0 when told to", code == 0, code)


checks = 0


def check(what, holds, *seen):
    """One line for what holds; the end of the script for what does not."""
    global checks
    checks += 1
    print(("ok      " if holds else "FAILED  ") + what, *(seen if not holds else ()), flush=True)
    if not holds:
        raise AssertionError(what)


def arguments():
    """tapedeck, PeerBot and the folder for logs, as Tests/Peers/run gives them."""
    if len(sys.argv) != 4:
        sys.exit("usage: " + sys.argv[0] + " TAPEDECK PEERBOT LOGS")
    return sys.argv[1:]


class Talker:
    """Somebody who talks: a bot of its own in the simulator's guild."""

    def __init__(self, simulator, name):
        made = simulator.control("/bot", name=name, guild=simulator.ids["guild"])
        self.name, self.user, self.token = name, made["id"], made["token"]
        self.simulator = simulator

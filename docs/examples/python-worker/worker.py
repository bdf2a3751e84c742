"""A program that takes part in Errand over Redis, with nothing but Python's standard library.

    REDIS_URL=redis://127.0.0.1:6379 python3 worker.py

It offers three capabilities: `demo.count` counts the words of a text, `demo.wait` waits, says how far it is, and can be cancelled,
`demo.greet` asks the person for a name.
The contract is described in docs/capability-sdk.md; docs/wire/ has it as JSON Schema.
"""

import json
import os
import signal
import socket
import sys
import threading
import uuid
from urllib.parse import unquote, urlparse

CLUSTER = os.environ.get("ERRAND_CLUSTER", "errand")
PROGRAM = "python-example"
INSTANCE = f"{PROGRAM}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
ALIVE_MS = 3000
BEAT_SECONDS = 1.0

PROGRAMS = "{%s:programs}" % CLUSTER
ABOUT = "{%s:program:%s}:about" % (CLUSTER, INSTANCE)
CALLS = "{%s:program:%s}:calls" % (CLUSTER, INSTANCE)
CHANNEL = "%s:programs" % CLUSTER


class Redis:
    """One connection that speaks RESP2; a lock lets threads share it."""

    def __init__(self, url):
        at = urlparse(url)
        self.socket = socket.create_connection((at.hostname or "127.0.0.1", at.port or 6379))
        self.reader = self.socket.makefile("rb")
        self.lock = threading.Lock()
        if at.password:
            self("AUTH", *([unquote(at.username)] if at.username else []), unquote(at.password))

    def __call__(self, *parts):
        with self.lock:
            encoded = [str(part).encode() for part in parts]
            lines = [b"*%d\r\n" % len(encoded)] + [b"$%d\r\n%s\r\n" % (len(one), one) for one in encoded]
            self.socket.sendall(b"".join(lines))
            return self.read()

    def read(self):
        line = self.reader.readline()
        if not line:
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"$":
            size = int(rest)
            return None if size < 0 else self.reader.read(size + 2)[:-2].decode()
        if kind == b"*":
            size = int(rest)
            return None if size < 0 else [self.read() for _ in range(size)]
        return int(rest) if kind == b":" else rest.decode()


class Failed(Exception):
    """What a handler raises when it cannot give what it was asked for."""

    def __init__(self, message, **more):
        super().__init__(message)
        self.word = {"message": message, **more}


class Asked(Exception):
    """What a handler raises to ask the person; it is called again with what they said."""

    def __init__(self, *questions):
        super().__init__("asked")
        self.questions = [{"kind": "text", "text": question} for question in questions]


def greet(given, run):
    if not run.answers:
        raise Asked("Whom shall I greet?")
    return {"text": "%s, %s!" % (given["word"], run.answers["Whom shall I greet?"])}


def count(given, run):
    words = given["text"].split()
    if not words:
        raise Failed("There are no words to count.", hint="Give a text.")
    return {"words": len(words)}


def wait(given, run):
    steps = max(1, given["ms"] // 50)
    for step in range(steps):
        if run.cancelled.wait(0.05):
            return None
        if step % 5 == 0:
            run.say("progress", percent=round(100 * step / steps), text="waiting")
    return {"waited": given["ms"], "by": INSTANCE}


CAPABILITIES = {
    "demo.count": (
        count,
        {
            "name": "demo.count",
            "summary": "Counts the words of a text.",
            "input": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
            "output": {"type": "object", "properties": {"words": {"type": "integer"}}, "required": ["words"]},
            "effects": "none",
            "concurrency": 4,
        },
    ),
    "demo.wait": (
        wait,
        {
            "name": "demo.wait",
            "summary": "Waits some milliseconds.",
            "input": {"type": "object", "properties": {"ms": {"type": "integer", "minimum": 0}}, "required": ["ms"]},
            "effects": "none",
            "concurrency": 4,
            "timeoutMs": 60000,
        },
    ),
    "demo.greet": (
        greet,
        {
            "name": "demo.greet",
            "summary": "Greets whom the person names.",
            "input": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
            "effects": "none",
            "concurrency": 4,
        },
    ),
}


class Run(threading.Thread):
    """One call that is carried out."""

    def __init__(self, redis, call):
        super().__init__(daemon=True)
        self.redis = redis
        self.call = call
        self.cancelled = threading.Event()
        self.answers = {said["question"]: said["answer"] for said in call.get("answers", [])}

    def say(self, kind, **more):
        word = {"kind": kind, "id": self.call["id"], **more}
        self.redis("RPUSH", self.call["answerTo"], json.dumps(word))
        # Should the worker have died, nobody takes it.
        self.redis("PEXPIRE", self.call["answerTo"], 600000)

    def run(self):
        try:
            handler, _ = CAPABILITIES[self.call["capability"]]
            output = handler(self.call["input"], self)
            if not self.cancelled.is_set():
                # Nothing that others wrote is in it: no origins.
                self.say("done", output=output, origins=[])
        except Asked as asked:
            self.say("asked", questions=asked.questions)
        except Failed as failed:
            self.say("failed", **failed.word)
        except Exception as error:
            self.say("failed", message=f"{type(error).__name__}: {error}", retryable=True)
        finally:
            RUNS.pop(self.call["id"], None)


RUNS = {}
STOPPING = threading.Event()


def beat(redis):
    about = {"protocol": 1, "program": PROGRAM, "capabilities": [declared for _, declared in CAPABILITIES.values()]}
    while not STOPPING.is_set():
        redis("SET", ABOUT, json.dumps(about), "PX", ALIVE_MS)
        STOPPING.wait(BEAT_SECONDS)


def main():
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379")
    # One connection waits for calls, the other says everything.
    waiting, speaking = Redis(url), Redis(url)
    signal.signal(signal.SIGTERM, lambda *_: STOPPING.set())
    signal.signal(signal.SIGINT, lambda *_: STOPPING.set())
    threading.Thread(target=beat, args=(speaking,), daemon=True).start()
    speaking("SADD", PROGRAMS, INSTANCE)
    speaking("PUBLISH", CHANNEL, INSTANCE)
    print(f"{INSTANCE} is there", flush=True)
    while not STOPPING.is_set():
        found = waiting("BLPOP", CALLS, 1)
        if found is None:
            continue
        word = json.loads(found[1])
        if word["kind"] == "call":
            run = RUNS[word["id"]] = Run(speaking, word)
            run.start()
        elif word["kind"] == "cancel" and word["id"] in RUNS:
            RUNS[word["id"]].cancelled.set()
    for run in list(RUNS.values()):
        run.join()
    speaking("SREM", PROGRAMS, INSTANCE)
    speaking("DEL", ABOUT, CALLS)
    speaking("PUBLISH", CHANNEL, INSTANCE)


if __name__ == "__main__":
    sys.exit(main())

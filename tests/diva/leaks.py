"""Secrets, and event logic whose callbacks fail with each of them in every guise."""

from __future__ import annotations

ENVIRON = {
    "DATABASE_URL": "postgres://diva:pa55%2Fwörd@db.internal:5432/orders",
    "SIGNING_KEY": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n hkiG9w0BAQEF\n-----END-----\n",
    "PIN": "7x9!",
    "TOKEN": "n0t/f0r+y0u &=\n",
    "SETTINGS": '{"user": "diva", "api": [{"key": "k3y\\"0f\\\\d00rs"}]}',
}
CORES = ("pa55", "MIIEvQ", "hkiG9w", "7x9", "n0t", "y0u", "k3y", "d00rs", "f3tched")
"""Each is in a secret, and comes through whatever the text around it goes through."""

# A callback that fails with each secret, in each of its guises, is an event of its own.
LEAKING = """
import concurrent.futures, contextlib, json, os
from urllib.parse import quote, quote_plus, unquote, urlsplit

GUISES = {
    "as it is": str,
    "in a sentence": "connecting with {} failed".format,
    "stripped": str.strip,
    "as Python writes it": repr,
    "in what Python writes": lambda secret: repr({"secret": secret}),
    "as JSON writes it": json.dumps,
    "as JSON in JSON": lambda secret: json.dumps(json.dumps({"secret": secret})),
    "in a path": lambda secret: "https://host/" + quote(secret, safe=""),
    "in a query": lambda secret: "https://host/?secret=" + quote_plus(secret),
    "at the cut": lambda secret: "x" * 290 + " " + secret,
    "before the cut": lambda secret: secret + "x" * 500,
    "in the middle": lambda secret: "x" * 90 + secret + "x" * 500,
}
PARTS = {
    "password": lambda: urlsplit(os.environ["DATABASE_URL"]).password,
    "decoded password": lambda: unquote(urlsplit(os.environ["DATABASE_URL"]).password),
    "line of the key": lambda: os.environ["SIGNING_KEY"].splitlines()[1],
    "key in the settings": lambda: json.loads(os.environ["SETTINGS"])["api"][0]["key"],
}
NAMES = ("DATABASE_URL", "SIGNING_KEY", "PIN", "TOKEN", "SETTINGS")

def leaks():
    for name in NAMES:
        for guise, write in GUISES.items():
            yield f"{name} {guise}", lambda name=name, write=write: write(os.environ[name])
    for part, text in PARTS.items():
        yield part, text

class Falsy:
    def __init__(self, text):
        self.text = text
    def __bool__(self):
        return False
    def __repr__(self):
        return self.text

class Undecided:
    def __init__(self, text):
        self.text = text
    def __bool__(self):
        raise ValueError(self.text)

class Unspeakable(Exception):
    def __str__(self):
        raise ValueError(self.args[0])

def raises(text):
    raise ValueError(text)

def raises_a_key(text):
    raise KeyError(text)

def raises_several_values(text):
    raise ValueError("cannot use", text, 1)

def raises_with_a_file(text):
    raise FileNotFoundError(2, "No such file", text)

def raises_with_a_note(text):
    error = ValueError("noted")
    error.__notes__ = [text]
    raise error

def raises_from_another(text):
    try:
        raise ConnectionError(text)
    except ConnectionError as error:
        raise ValueError("could not connect") from error

def raises_while_handling_another(text):
    try:
        raise ConnectionError(text)
    except ConnectionError:
        raise KeyError("another")

def raises_in_a_second_thread(text):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pool.submit(raises, text).result()

def raises_what_cannot_be_said(text):
    raise Unspeakable(text)

def exits(text):
    raise SystemExit(text)

def returns_something_false(text):
    return Falsy(text)

def returns_what_cannot_be_judged(text):
    return Undecided(text)

def returns_a_tuple(text):
    return False, text

messages = []

def callback(way, text):
    return lambda *given: way(text())

def note(*given):
    messages.append(repr(given))
"""
EVERYWHERE = LEAKING + (
    "def get_events():\n"
    "    events = {}\n"
    "    for name, text in leaks():\n"
    "        leak = callback(WAY, text)\n"
    "        both = {'detect': leak, 'inject': leak, 'max_failed_detections': 1}\n"
    "        events[f'{name}, undelivered'] = {**both, 'alert': leak}\n"
    "        events[f'{name}, delivered'] = {**both, 'alert': note}\n"
    "        events[f'{name}, over'] = {'role': 'detect', 'detect': lambda name: True,\n"
    "                                   'alert': note, 'resolve': leak}\n"
    "    return events\n"
)
WAYS = [
    line.removeprefix("def ").partition("(")[0]
    for line in LEAKING.splitlines()
    if line.startswith(("def raises", "def exits", "def returns"))
]

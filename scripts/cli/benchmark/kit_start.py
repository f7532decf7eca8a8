"""Cold starts with callbacks of the kit, relative to callbacks written by hand."""

from __future__ import annotations

from .harness import BenchmarkError, harness, packaged
from .result import Result

LIMIT = 1.10
_LOGIC = {"kit": "kit_events", "by hand": "hand_written_events"}
_CALLS = ("GetPage", "ListObjectsV2", "Publish")


def measure(repeat: int) -> list[Result]:
    """Compare the fastest starts, since other work of the machine only adds to a time.

    A start is that of the handler, with a first period in which each callback is called. Processes
    start in turns and find their bytecode compiled.
    """
    samples: dict[str, list[float]] = {name: [] for name in _LOGIC}
    with harness() as lambdas:
        functions = {
            name: lambdas.function(
                "cold.with_diva",
                log_level="ERROR",
                package=packaged(**{"event_logic.py": _event_logic(module)}),
                more={"DIVA_STATE_KEY": f"{module}.json"},
            )
            for name, module in _LOGIC.items()
        }
        for name, function in functions.items():
            lambdas.calls()
            lambdas.invoke_cold(function)  # compiles
            calls = lambdas.calls()
            if any(calls.get(call) != 1 for call in _CALLS):
                raise BenchmarkError(f"{name}: not all callbacks were called once: {calls}")
        for _ in range(repeat):
            for name, function in functions.items():
                start = lambdas.invoke_cold(function)
                samples[name].append(start["start"] + start["period"])
    ms = {name: min(seconds) * 1000 for name, seconds in samples.items()}
    return [
        Result(
            "cold start with callbacks of the kit, relative to the same written by hand",
            ms["kit"] / ms["by hand"],
            LIMIT,
            "×",
            notes=[f"kit: {ms['kit']:.0f} ms, by hand: {ms['by hand']:.0f} ms"],
            samples=samples,
        )
    ]


def _event_logic(module: str) -> bytes:
    return f"from cli.benchmark.handlers.{module} import get_events\n".encode()

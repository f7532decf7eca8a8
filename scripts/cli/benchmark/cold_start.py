"""What a new process does before its first invocation, against boto3 alone."""

from __future__ import annotations

from .result import Result
from .testbed import bench, packaged

LIMIT = 1.10


def measure(repeat: int) -> list[Result]:
    """Compare the fastest of each: what else the machine does only ever adds to a time.

    New processes take turns, and find their bytecode compiled. A package holds none, so that
    Lambda compiles DIVA in each of them. How long that takes depends on nothing that DIVA
    could do better, and is only told.
    """
    samples: dict[str, list[float]] = {"diva": [], "boto3": [], "uncompiled": [], "period": []}
    with bench() as this:
        with_diva = this.function("cold.with_diva")
        with_boto3 = this.function("cold.with_boto3")
        for function in (with_diva, with_boto3):
            this.invoke_cold(function)  # compiles
        for turn in range(repeat):
            diva = this.invoke_cold(with_diva)
            samples["diva"].append(diva["start"])
            samples["period"].append(diva["period"])
            samples["boto3"].append(this.invoke_cold(with_boto3)["start"])
            another = packaged(turn=str(turn).encode())
            uncompiled = this.function("cold.with_diva", package=another)
            samples["uncompiled"].append(this.invoke_cold(uncompiled)["start"])
    ms = {name: min(seconds) * 1000 for name, seconds in samples.items()}
    return [
        Result(
            "cold start of the handler, against boto3 and its S3 client alone",
            ms["diva"] / ms["boto3"],
            LIMIT,
            "×",
            notes=[
                f"the handler {ms['diva']:.0f} ms, boto3 alone {ms['boto3']:.0f} ms",
                f"{ms['uncompiled']:.0f} ms where DIVA has to be compiled first, as on Lambda",
                f"first period: {ms['period']:.1f} ms",
            ],
            samples=samples,
        )
    ]

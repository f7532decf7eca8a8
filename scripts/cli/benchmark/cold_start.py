"""Cold starts, relative to boto3 alone."""

from __future__ import annotations

from .harness import harness, packaged
from .result import Result

LIMIT = 1.10


def measure(repeat: int) -> list[Result]:
    """Compare the fastest starts, since other work of the machine only adds to a time.

    Processes start in turns and find their bytecode compiled. In Lambda they do not, since
    packages contain no bytecode; the time to compile DIVA is a note without a target.
    """
    samples: dict[str, list[float]] = {"diva": [], "boto3": [], "uncompiled": [], "period": []}
    with harness() as lambdas:
        with_diva = lambdas.function("cold.with_diva")
        with_boto3 = lambdas.function("cold.with_boto3")
        for function in (with_diva, with_boto3):
            lambdas.invoke_cold(function)  # compiles
        for turn in range(repeat):
            diva = lambdas.invoke_cold(with_diva)
            samples["diva"].append(diva["start"])
            samples["period"].append(diva["period"])
            samples["boto3"].append(lambdas.invoke_cold(with_boto3)["start"])
            another = packaged(turn=str(turn).encode())
            uncompiled = lambdas.function("cold.with_diva", package=another)
            samples["uncompiled"].append(lambdas.invoke_cold(uncompiled)["start"])
    ms = {name: min(seconds) * 1000 for name, seconds in samples.items()}
    return [
        Result(
            "cold start of the handler, relative to boto3 with an S3 client",
            ms["diva"] / ms["boto3"],
            LIMIT,
            "×",
            notes=[
                f"handler: {ms['diva']:.0f} ms, boto3 alone: {ms['boto3']:.0f} ms",
                f"handler, compiled first as on Lambda: {ms['uncompiled']:.0f} ms",
                f"first period: {ms['period']:.1f} ms",
            ],
            samples=samples,
        )
    ]

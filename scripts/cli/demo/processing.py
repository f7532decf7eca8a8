"""The demonstration of the S3 event processor: files go in, one is broken, the function fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ..common.output import Output
from ..common.paths import ROOT
from .demonstration import Outputs, write_override
from .keeping import commands_of_outputs
from .story import Story

if TYPE_CHECKING:
    from local_aws import LocalAws

# A user can wait for these, a demonstration cannot.
_SHORT_DELAYS = """\
module "summaries" {
  sqs_receive_wait_time_seconds = 0
  sqs_retry_delay_seconds       = 3
}
"""


class ProcessingDemonstration:
    """Takes files through the example, and shows where each of them is."""

    example = "s3-event-processor"

    def surroundings(self, output: Output) -> AbstractContextManager[None]:
        """Run nothing: everything is on AWS."""
        return nullcontext()

    def prepare(self, root: Path) -> None:
        """Shorten the delays."""
        write_override(root, _SHORT_DELAYS)

    def run(self, aws: LocalAws, output: Output, outputs: Outputs) -> str | None:
        """Tell the story. Returns which files were not processed in the end."""
        return Story(aws, output, outputs).tell()

    def commands(self, outputs: Outputs) -> Sequence[str]:
        """Return commands that put a file, start an execution, and replay, and the example's."""
        bucket, machine = outputs["bucket"], outputs["state_machine_arn"]
        queue = outputs["queue_url"]
        letters = outputs["dead_letter_queue_urls"]["function"]
        return [
            f"printf 'a,b\\n1,2\\n' | aws s3 cp - s3://{bucket}/new.csv  # put a file",
            f"aws stepfunctions start-execution --state-machine-arn {machine}  # process it",
            *commands_of_outputs(outputs),
            f"{ROOT / 'scripts' / 'redrive'} {letters} {queue}  # replay",
        ]

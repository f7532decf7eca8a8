"""Deploying an example to the embedded AWS, and destroying it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..common.interrupts import deferred_interrupts
from ..common.output import Output
from ..common.terraform import Terraform, working_copy
from .demonstration import Demonstration, Outputs
from .progress import ResourceCount, step


class Deployment:
    """Terraform in a copy of an example.

    All methods print their progress and raise TerraformError. On Ctrl-C, which interrupts
    Terraform as well, they wait for Terraform to stop, so that it also stops the provider.
    """

    def __init__(
        self,
        folder: Path,
        demonstration: Demonstration,
        environ: Mapping[str, str],
        output: Output,
    ) -> None:
        """Copy the example into `folder`, and prepare it."""
        self.root = working_copy(folder / "diva") / "examples" / demonstration.example
        self._output = output
        self._example = demonstration.example
        # No other process has changed the resources.
        self._environ = {**environ, "TF_CLI_ARGS_destroy": "-refresh=false"}
        demonstration.prepare(self.root)

    def apply(self) -> Outputs:
        """Apply the example and return its outputs."""
        with step(self._output, "Initializing Terraform"), deferred_interrupts():
            Terraform(self.root, self._environ).init()
        with self._counted(f"Applying examples/{self._example}") as terraform:
            terraform.apply()
        return terraform.output()

    def destroy(self) -> None:
        """Destroy all resources."""
        with self._counted("Destroying all resources") as terraform:
            terraform.destroy()

    @contextmanager
    def _counted(self, text: str) -> Iterator[Terraform]:
        """Start a step that shows the number of created or destroyed resources."""
        count = ResourceCount()
        with step(self._output, text) as this, deferred_interrupts():

            def read(line: str) -> None:
                this.note = count.read(line)

            yield Terraform(self.root, self._environ, read)

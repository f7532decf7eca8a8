"""An example applied to the embedded AWS and destroyed again, in a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..common.interrupts import deferred_interrupts
from ..common.output import Output
from ..common.terraform import Terraform, working_copy
from .progress import ResourceCount, step
from .scenarios import Outputs, Scenario, keep_old_versions


class Deployment:
    """A copy of an example's root module, and Terraform in it.

    Each method is a step that shows itself. Raises TerraformError. Ctrl-C reaches Terraform as
    well, which stops within a second or so and takes its provider along. It is waited for: left
    alone it would not.
    """

    def __init__(
        self,
        folder: Path,
        scenario: Scenario,
        environ: Mapping[str, str],
        event_logic: Path | None,
        output: Output,
    ) -> None:
        """Copy below `folder`, with the file `event_logic` in the place of the example's own."""
        self.root = working_copy(folder / "diva") / "examples" / scenario.example
        self._output = output
        self._example = scenario.example
        # Nothing but this process has changed what there is.
        self._environ = {**environ, "TF_CLI_ARGS_destroy": "-refresh=false"}
        if scenario.has_expiry:
            keep_old_versions(self.root)
        if event_logic:
            (self.root / "event_logic.py").write_bytes(event_logic.read_bytes())

    def apply(self) -> Outputs:
        """Bring about what the example says, and return Terraform's outputs."""
        with step(self._output, "Initializing Terraform"), deferred_interrupts():
            Terraform(self.root, self._environ).init()
        with self._counted(f"Applying examples/{self._example}") as terraform:
            terraform.apply()
        return terraform.output()

    def destroy(self) -> None:
        """Remove everything that was applied."""
        with self._counted("Destroying all resources") as terraform:
            terraform.destroy()

    @contextmanager
    def _counted(self, text: str) -> Iterator[Terraform]:
        """Give Terraform for a step that shows how many resources it has made or removed."""
        count = ResourceCount()
        with step(self._output, text) as this, deferred_interrupts():

            def read(line: str) -> None:
                this.note = count.read(line)

            yield Terraform(self.root, self._environ, read)

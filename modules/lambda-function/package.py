"""Build the deployment package of a Lambda function. `terraform apply` runs this script.

    package.py '{"output": ..., "runtime": ..., ...}'

The argument describes the package. Environment variables list the source files, since a function
can have more files than fit into arguments. The same input gives the same files, in the same order
and with the same times and modes, on every machine that has executable bits. Requires Python 3.10
or later, and pip if there are requirements.
"""

import json
import sys

# Checked before the imports, which would fail with a less clear error.
if sys.version_info < (3, 10):  # noqa: UP036
    sys.exit(
        f"The Python that builds the package must be 3.10 or later, but {sys.executable} is older."
        " Set python_executable."
    )

sys.dont_write_bytecode = True  # the modules are in the user's configuration

from packager.build import build  # noqa: E402
from packager.errors import PackageError  # noqa: E402
from packager.platform_pip import run_download  # noqa: E402
from packager.target import Target  # noqa: E402


def main(argument: str) -> int:
    """Build the package that the argument describes, and return the exit status."""
    try:
        print(build(Target(**json.loads(argument))))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if sys.argv[1] == "--pip":
        run_download(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sys.exit(main(sys.argv[1]))

"""`python -m local_aws`: serve in the foreground until Ctrl-C."""

import argparse
import shlex
import signal
import sys
import time

from local_aws import LocalAws, LocalAwsError


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m local_aws", description="Serve an embedded AWS on 127.0.0.1 until Ctrl-C."
    )
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with LocalAws(port=parser.parse_args().port) as aws:
            print(f"# {aws.endpoint} (Ctrl-C stops it and deletes everything)")
            for name, value in aws.environ.items():
                print(f"export {name}={shlex.quote(value)}")
            sys.stdout.flush()
            while True:
                time.sleep(60)
    except LocalAwsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())

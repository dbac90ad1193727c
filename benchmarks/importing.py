"""What ``import gridgov`` costs beside a bare interpreter, and that it brings no graph library along.

Usage: python benchmarks/importing.py
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 9
LIMIT_MS = 150


def seconds(code: str) -> float:
    """Return how long a new interpreter takes to run *code*."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own interpreter
    return time.perf_counter() - start


def compare() -> None:
    """Print the medians of alternating rounds."""
    bare, package = [], []
    for _ in range(ROUNDS):
        bare.append(seconds("pass"))
        package.append(seconds("import gridgov, sys; assert 'networkx' not in sys.modules"))
    cost = (statistics.median(package) - statistics.median(bare)) * 1000
    print(f"import gridgov: {cost:.0f} ms over a bare interpreter (target: at most {LIMIT_MS})")


if __name__ == "__main__":
    compare()

"""Time of `clean` by size and layout: python -m tests.bench_clean"""

import time

from pipeline.clean import clean_page
from tests import generator


def measure(sizes: tuple[int, ...] = (4, 16, 64), repeat: int = 3) -> list[dict[str, float | str]]:
    """Best CPU time for pages of some sections, by layout: bytes, seconds, megabytes a second."""
    rows: list[dict[str, float | str]] = []
    for layout in (*generator.LAYOUTS, "plain"):
        for sections in sizes:
            truth = generator.random_page(1, layout if layout != "plain" else "infolist", sections=sections)
            raw = truth.clean * 4 if layout == "plain" else truth.raw
            best = float("inf")
            for _ in range(repeat):
                start = time.process_time()
                clean_page(raw, "page")
                best = min(best, time.process_time() - start)
            size = len(raw.encode())
            rows.append({"layout": layout, "bytes": size, "seconds": best, "mb_s": size / best / 1e6})
    return rows


if __name__ == "__main__":
    for row in measure():
        print("{layout:16s} {bytes:10d} bytes {seconds:8.4f} s {mb_s:6.2f} MB/s".format(**row))

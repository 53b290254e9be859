"""Results as they are given away: printed, drawn, written into documents. Never typed."""

import json
import os
import sys
from pathlib import Path

from processes import Failure


def add_options(parser):
    parser.add_argument("--chart", type=Path, metavar="FILE",
                        help="draw the results into this .svg or .png")
    parser.add_argument("--write", type=Path, metavar="FILE",
                        help="put the table, and the chart if there is one, into this Markdown "
                             "document, between <!-- begin NAME --> and <!-- end NAME -->, where "
                             "NAME is that of the benchmark")
    parser.add_argument("--from", dest="results", type=Path, metavar="FILE",
                        help="measure nothing: take the results from this file, which --json made")


def stored(options):
    """The results of an earlier run, if they are asked for; else None."""
    if not options.results:
        return None
    try:
        return json.loads(options.results.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{options.results}: {error}") from None


def say(options, words):
    """Tells how a run goes on, beside the results: with --json they have the standard output."""
    print(words, file=sys.stderr if options.json else sys.stdout, flush=True)


def publish(options, name, results, *, table, summary, draw):
    """Prints `results`, or `table` of them; then draws and writes what was asked for. `summary`
    is the table for documents, `draw(results, path)` the chart."""
    print(json.dumps(results, indent=1) if options.json else "\n" + table(results))
    if options.chart:
        draw(results, options.chart)
    if options.write:
        text = summary(results)
        if options.chart:
            link = Path(os.path.relpath(options.chart, options.write.parent)).as_posix()
            text = f"![{name}]({link})\n\n{text}"
        write_between_markers(options.write, name, text)


def write_between_markers(document, name, text):
    """Replaces what stands between the two markers of that name."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    whole = document.read_text(encoding="utf-8")
    before, found, rest = whole.partition(begin)
    _, also_found, after = rest.partition(end)
    if not found or not also_found:
        raise Failure(f"{document}: no {begin} followed by {end}")
    document.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")

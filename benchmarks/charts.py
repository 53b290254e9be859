"""Charts. Needs matplotlib."""

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot, ticker  # noqa: E402

OURS, THEIRS, LIMIT = "#1f6feb", "#8c959f", "#cf222e"
CYCLE = ("#1f6feb", "#cf222e", "#1a7f37", "#9a6700", "#8250df", "#57606a")

matplotlib.rcParams.update({
    "svg.fonttype": "none",  # letters stay letters, which keeps the file small
    "svg.hashsalt": "camherd",  # the same results make the same file
    "font.family": "sans-serif", "font.size": 9, "axes.titlesize": 10, "axes.titleweight": "bold",
    "axes.spines.top": False, "axes.spines.right": False, "figure.facecolor": "white",
})


def panels(count, *, width, height, share_y=False):
    """A figure and its axes, side by side."""
    figure, axes = pyplot.subplots(1, count, figsize=(width, height), sharey=share_y,
                                   squeeze=False, layout="constrained")
    return figure, list(axes[0])


def save(figure, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    # No date, so that the same results make the same file.
    metadata = {"Date": None} if path.suffix == ".svg" else None
    figure.savefig(path, metadata=metadata, dpi=150)
    pyplot.close(figure)


def bars(axis, title, names, values, *, ours, upper=None, limit=None, digits=1):
    """Horizontal bars, the first at the top. `ours` says which are camherd's. `upper` continues a
    bar as a thin line: a percentile beside a median. None is no bar. `limit` draws a line that
    nobody can be left of."""
    rows = range(len(names))
    axis.barh(rows, [value or 0 for value in values],
              color=[OURS if own else THEIRS for own in ours], height=0.65)
    ends = [max(value or 0, high or 0) for value, high in zip(values, upper or values)]
    for row, value in enumerate(values):
        if value is None:
            axis.annotate("–", (0, row), (4, 0), textcoords="offset points", va="center")
            continue
        words = f"{value:.{digits}f}"
        if upper:
            axis.plot([value, upper[row]], [row, row], color="#24292f", linewidth=1.2)
            words += f" / {upper[row]:.{digits}f}"
        axis.annotate(words, (ends[row], row), (4, 0), textcoords="offset points", va="center",
                      fontsize=8)
    if limit is not None:
        axis.axvline(limit, color=LIMIT, linewidth=1, linestyle="--")
        axis.annotate(f"limit {limit:.{digits}f}", (limit, -0.6), (3, 0),
                      textcoords="offset points", color=LIMIT, fontsize=8, va="bottom")
    axis.set_title(title)
    axis.set_yticks(list(rows), names)
    axis.set_xlim(0, 1.3 * max([*ends, limit or 0, 1e-9]))
    axis.set_ylim(len(names) - 0.4, -1.0)


def lines(axis, title, series, *, limit=None):
    """By the number of cameras, both axes in powers. `series` are lists of points by two names, of
    which the first gives the colour and the second the kind of line; of several points at one
    place the mean is drawn. `limit` is what should not be passed."""
    colours = dict(zip(dict.fromkeys(first for first, _ in series), CYCLE))
    kinds = dict(zip(dict.fromkeys(second for _, second in series), ("-", "--", ":", "-.")))
    for (first, second), points in series.items():
        places = sorted({x for x, _ in points})
        heights = [[y for x, y in points if x == place] for place in places]
        if places:
            axis.plot(places, [sum(each) / len(each) for each in heights],
                      label=f"{first}, {second}", marker="o", markersize=3, linewidth=1.3,
                      color=colours[first], linestyle=kinds[second])
    if limit is not None:
        axis.axhline(limit, color=LIMIT, linewidth=1, linestyle="--")
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    for direction in (axis.xaxis, axis.yaxis):
        direction.set_major_formatter("{x:g}")
        direction.set_minor_formatter("")
    axis.set_title(title)
    axis.set_xlabel("cameras")


def legend_beside(axis, other):
    """One legend for both, at the right of the first; the other has all the lines."""
    axis.legend(*other.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(1.02, 1),
                fontsize=8, frameon=False)


def curves(axis, title, series, *, limit=None):
    """Which share of the sorted values in `series` is at most so large."""
    for number, (name, values) in enumerate(series.items()):
        if values:
            shares = [(rank + 1) / len(values) for rank in range(len(values))]
            axis.plot(values, shares, label=name, color=CYCLE[number % len(CYCLE)], linewidth=1.5)
    if limit is not None:
        axis.axvline(limit, color=LIMIT, linewidth=1, linestyle="--")
    axis.set_title(title)
    axis.set_xlim(left=0)
    axis.set_ylim(0, 1.02)
    axis.legend(fontsize=8, frameon=False, loc="lower right")

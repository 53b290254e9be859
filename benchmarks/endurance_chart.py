"""The chart of a run of `endurance`: what camherd held, how old frames were, and what happened."""

import charts


def draw(result, path):
    figure, axes = charts.pyplot.subplots(
        4, 1, figsize=(10, 9), sharex=True, layout="constrained",
        gridspec_kw={"height_ratios": (2, 2, 2, 0.22 * result["cameras"])})
    unit, divisor = ("minutes", 60) if result["seconds"] < 7200 else ("hours", 3600)
    times = [sample["at"] / divisor for sample in result["samples"]]

    def draw_line(axis, key, label, colour, scale=1.0):
        axis.plot(times, [sample[key] * scale for sample in result["samples"]], label=label,
                  color=colour, linewidth=1)

    memory, held, age, events = axes
    draw_line(memory, "rss", "resident", charts.OURS, 1e-6)
    draw_line(memory, "segments", "segments of pictures", charts.THEIRS, 1e-6)
    memory.set_title("Memory, MB")
    draw_line(held, "files", "descriptors", charts.CYCLE[0])
    draw_line(held, "threads", "threads", charts.CYCLE[2])
    held.set_title("Descriptors and threads")
    draw_line(age, "age_p99", "p99", charts.CYCLE[1])
    draw_line(age, "age_p50", "p50", charts.CYCLE[0])
    age.set_title("Age of the good cameras' frames, ms")
    age.set_yscale("log")
    for axis in (memory, held):
        axis.set_ylim(bottom=0)
    for axis, place in ((memory, "lower left"), (held, "center left"), (age, "upper left")):
        axis.legend(fontsize=8, frameon=False, loc=place, ncols=2)
    _draw_events(events, result, divisor)
    for violation in result["violations"]:
        for axis in axes:
            axis.axvline(violation["at"] / divisor, color=charts.LIMIT, linewidth=0.8,
                         linestyle="--")
    events.set_xlabel(unit)
    verdict = f"{len(result['violations'])} violations" if result["violations"] else \
        "nothing violated"
    figure.suptitle(f"{result['faults']} faults, seed {result['seed']}: {verdict}")
    charts.save(figure, path)


def _draw_events(axis, result, divisor):
    """A bar for each fault, coloured by its row in the table, and for the way back from it."""
    for event in result["events"]:
        end = event.get("to", result["seconds"])
        colour = charts.CYCLE[event["row"] % len(charts.CYCLE)]
        axis.barh(event["camera"], (end - event["from"]) / divisor, left=event["from"] / divisor,
                  height=0.7, color=colour, linewidth=0)
        if "recovered" in event:
            axis.barh(event["camera"], event["recovered"] / divisor, left=end / divisor,
                      height=0.3, color="#24292f", linewidth=0)
    axis.set_title("Faults of each camera, and until it was back (thin)")
    axis.set_yticks(range(result["cameras"]), [f"cam{n}" for n in range(result["cameras"])])
    axis.tick_params(axis="y", labelsize=7)

"""``touchbook simulate``: policies played against each other in a club whose truth is known."""

from __future__ import annotations

import time
from pathlib import Path

import typer

from touchbook.cli.app import app


@app.command()
def simulate(
    members: int = typer.Option(2000, "--members", min=1, max=50_000, help="How many members the club has."),
    seasons: int = typer.Option(2, "--seasons", min=1, max=8, help="How many seasons of 52 weeks are played."),
    seed: int = typer.Option(1, "--seed", min=0, help="Another seed makes another world."),
    seeds: int = typer.Option(1, "--seeds", min=1, help="How many worlds are played, from that seed on."),
    policies: str = typer.Option(
        "", "--policies", metavar="NAMES", help="Which policies, with commas; all unless named."
    ),
    capacity: float = typer.Option(
        100.0,
        "--capacity",
        min=0.0,
        max=1000.0,
        help="Per cent of a club's usual hours, messages and money that there are.",
    ),
    json_file: Path | None = typer.Option(
        None, "--json", metavar="FILE", help="Write the numbers to this file as JSON."
    ),
) -> None:
    """Play policies against each other in a simulated club.

    All of them have the same people and the same luck. Nobody's records are read or written. With 2,000 members and two
    seasons, a world takes a few minutes.
    """
    from touchbook.cli.json_file import check_writable, write_json
    from touchbook.workflows.simulate.policies import POLICIES
    from touchbook.workflows.simulate.run import WEEKS_A_SEASON, simulate
    from touchbook.workflows.simulate.summary import document, summarise, table

    if json_file:
        check_writable(json_file)
    names = [name.strip() for name in policies.split(",") if name.strip()] or list(POLICIES)
    began = time.perf_counter()
    worlds = range(seed, seed + seeds)
    played = simulate(
        members, seasons * WEEKS_A_SEASON, worlds, names, capacity / 100,
        told=lambda step: typer.echo(f"{step} …", err=True),
    )  # fmt: skip
    summaries = summarise(played)
    if json_file:
        settings = {"members": members, "seasons": seasons, "capacity": capacity, "seeds": list(worlds)}
        write_json(document(settings, played), json_file)
    in_all = f"{members:,} members, {seasons} season{'s' * (seasons > 1)}, {seeds} world{'s' * (seeds > 1)}"
    typer.echo(f"{in_all}; {time.perf_counter() - began:.0f} s")
    for line in table(summaries):
        typer.echo(line)
    over = "over the worlds" if seeds > 1 else "over the people of the one world"
    typer.echo("")
    for line in (
        "members: at the end. renewals: the money of all of them. All numbers are means a world.",
        f"beside nothing: what renewals brought more than in the same world left alone, ± a 95% interval {over}.",
        "share: of offers among touches. touches: a member's in a year. complaints: about them, a year and 1,000.",
        "hours: of staff. an hour: what it brought beside nothing, joiners and sales counted in, costs taken off.",
    ):
        typer.echo(line)

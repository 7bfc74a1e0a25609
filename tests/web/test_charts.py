"""Charts: a curve stays within its box, keeps 0 in sight, and brings no style of its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from touchbook.web.charts import curve, drawn

values = st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=30)


@given(values)
def test_a_curve_stays_within_its_box_and_has_zero_in_it(found: list[float]) -> None:
    made = curve(list(enumerate(found)), 600, 120)
    assert made is not None
    numbers = [float(text) for text in made.path.replace("M", "").replace("L", "").split()]
    assert all(-0.1 <= x <= 600.1 for x in numbers[::2])
    assert all(-0.1 <= y <= 120.1 for y in numbers[1::2])
    assert 0 <= made.zero <= 120
    assert 1 <= len(made.ticks) <= 4
    assert all(0 <= tick.y <= 120 for tick in made.ticks)


def test_what_is_higher_lies_higher_and_the_last_point_is_where_it_ends() -> None:
    made = curve([(0, 4.0), (10, -2.0), (20, 10.0)])
    assert made is not None
    (first, second, third) = [float(pair.split()[1]) for pair in made.path[1:].split(" L")]
    assert third < first < made.zero < second
    assert made.last == (600.0, third)


def test_one_point_is_no_curve() -> None:
    assert curve([(0, 1.0)]) is None
    assert curve([]) is None


def test_a_drawn_chart_says_what_it_shows_and_has_no_style_attribute() -> None:
    data = [{"where": "gate & <kiosk>", "points": 2}, {"where": "seat", "points": -3}]
    encoding = {"x": {"field": "points", "type": "quantitative"}, "y": {"field": "where", "type": "nominal"}}
    svg = drawn({"data": {"values": data}, "mark": "bar", "encoding": encoding}, 'Gate gains "2" & seat loses 3')
    assert svg.startswith('<svg role="img" aria-label="Gate gains &quot;2&quot; &amp; seat loses 3"')
    assert " style=" not in svg
    assert "<kiosk>" not in svg
    assert "var(--accent)" in svg

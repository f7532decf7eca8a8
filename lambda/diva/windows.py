"""Maintenance windows, which recur every week."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from .options import Options, shown

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONGEST_MIN = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """`duration_min` minutes from `hour`:`minute` local time in `zone`, on each of `days`."""

    hour: int
    minute: int
    duration_min: int
    days: tuple[str, ...] = DAYS
    """The days on which it begins. It may end on a later day."""
    zone: tzinfo = timezone.utc

    def contains(self, now: datetime) -> bool:
        """Whether the window is open at `now`."""
        today = now.astimezone(self.zone).date()
        for back in range(self.duration_min // (24 * 60) + 2):
            day = today - timedelta(days=back)
            if DAYS[day.weekday()] in self.days:
                local = datetime(day.year, day.month, day.day, self.hour, self.minute)
                begin = local.replace(tzinfo=self.zone).astimezone(timezone.utc)
                if begin <= now < begin + timedelta(minutes=self.duration_min):
                    return True
        return False


def read_windows(given: object, name: str, problems: list[str]) -> tuple[Window, ...]:
    """Return the windows in `given`, a list of dicts. Problems are added to `problems`."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        problems.append(f"{name} is {shown(given)}; it must be a list of windows")
        return ()
    found: list[Window] = []
    for number, each in enumerate(given):
        path = f"{name}[{number}]"
        if not isinstance(each, Mapping):
            problems.append(
                f"{path} is {shown(each)}; it must be a dict with 'start', 'duration_min'"
            )
            continue
        found.append(_read(Options(each, _OPTIONS, problems, f"{path}."), each, path, problems))
    return tuple(found)


_OPTIONS = ("start", "duration_min", "days", "timezone")


def _read(
    options: Options, given: Mapping[object, object], path: str, problems: list[str]
) -> Window:
    start = given.get("start")
    clock = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", start) if isinstance(start, str) else None
    if clock is None:
        problems.append(f"{path}.start is {shown(start)}; it must be a time such as '22:30'")
    if "duration_min" not in given:
        problems.append(f"{path}.duration_min is missing; it must be a whole number of minutes")
    duration_min = options.integer("duration_min", 1)
    if duration_min > LONGEST_MIN:
        problems.append(f"{path}.duration_min is {duration_min}; a week has {LONGEST_MIN} minutes")
    days = given.get("days") or DAYS
    if not isinstance(days, (list, tuple)) or not all(day in DAYS for day in days):
        problems.append(f"{path}.days is {shown(days)}; it must be a list of {', '.join(DAYS)}")
        days = DAYS
    return Window(
        int(clock[1]) if clock else 0,
        int(clock[2]) if clock else 0,
        duration_min,
        tuple(days),
        _zone(given.get("timezone") or "UTC", path, problems),
    )


def _zone(name: object, path: str, problems: list[str]) -> tzinfo:
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo  # imported late: it reads files, and most events have no windows

    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        problems.append(
            f"{path}.timezone is {shown(name)}, which is not known here; it must be a name such as "
            "'Europe/Berlin' (where the system has no time zones, add the package tzdata)"
        )
        return timezone.utc

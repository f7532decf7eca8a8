"""The environment variables: what they mean, and what is said of wrong ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diva.settings import InvalidSettings, Settings, read_settings
from diva.windows import Window

MONOLITHIC = {"DIVA_STATE_BUCKET": "bucket", "DIVA_STATE_KEY": "diva/state.json"}


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidSettings) as caught:
        read_settings(environ)
    return str(caught.value).split("; ")


def test_what_is_not_set_has_a_default() -> None:
    assert read_settings(MONOLITHIC) == Settings(
        mode="monolithic",
        parallelize=True,
        max_workers=8,
        log_level="INFO",
        event_timeout_sec=None,
        worker_role=None,
        state_bucket="bucket",
        state_key="diva/state.json",
        state_table="",
        kms_key_arn=None,
        maintenance=(),
        event_metrics=False,
    )


def test_every_setting_is_taken() -> None:
    environ = {
        "DIVA_MODE": "distributed",
        "DIVA_PARALLELIZE": "false",
        "DIVA_MAX_WORKERS": "3",
        "DIVA_LOG_LEVEL": "DEBUG",
        "DIVA_EVENT_TIMEOUT_SEC": "2.5",
        "DIVA_WORKER_ROLE": "inject",
        "DIVA_STATE_BUCKET": "bucket",
        "DIVA_STATE_KEY": "key",
        "DIVA_STATE_TABLE": "table",
        "DIVA_KMS_KEY_ARN": "arn",
        "DIVA_MAINTENANCE_WINDOWS": '[{"start": "22:30", "duration_min": 60, "days": ["Sat"]}]',
        "DIVA_EVENT_METRICS": "true",
        "PATH": "/bin",
    }
    assert read_settings(environ) == Settings(
        "distributed", False, 3, "DEBUG", 2.5, "inject", "bucket", "key", "table", "arn",
        (Window(22, 30, 60, ("Sat",)),), True,
    )  # fmt: skip


def test_an_empty_value_is_as_good_as_none() -> None:
    names = [
        "DIVA_MODE", "DIVA_PARALLELIZE", "DIVA_MAX_WORKERS", "DIVA_LOG_LEVEL",
        "DIVA_EVENT_TIMEOUT_SEC", "DIVA_WORKER_ROLE", "DIVA_STATE_TABLE", "DIVA_KMS_KEY_ARN",
        "DIVA_MAINTENANCE_WINDOWS", "DIVA_EVENT_METRICS",
    ]  # fmt: skip
    assert read_settings({**dict.fromkeys(names, ""), **MONOLITHIC}) == read_settings(MONOLITHIC)


@pytest.mark.parametrize(
    ("name", "found", "allowed"),
    [
        ("DIVA_MODE", "monolith", "one of monolithic, distributed"),
        ("DIVA_MODE", "Distributed", "one of monolithic, distributed"),
        ("DIVA_PARALLELIZE", "yes", "one of true, false"),
        ("DIVA_MAX_WORKERS", "0", "a whole number of at least 1"),
        ("DIVA_MAX_WORKERS", "-2", "a whole number of at least 1"),
        ("DIVA_MAX_WORKERS", "2.5", "a whole number of at least 1"),
        ("DIVA_MAX_WORKERS", "many", "a whole number of at least 1"),
        ("DIVA_LOG_LEVEL", "TRACE", "one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("DIVA_EVENT_TIMEOUT_SEC", "0", "a number above 0"),
        ("DIVA_EVENT_TIMEOUT_SEC", "-1", "a number above 0"),
        ("DIVA_EVENT_TIMEOUT_SEC", "nan", "a number above 0"),
        ("DIVA_EVENT_TIMEOUT_SEC", "inf", "a number above 0"),
        ("DIVA_EVENT_TIMEOUT_SEC", "5s", "a number above 0"),
        ("DIVA_WORKER_ROLE", "both", "one of detect, inject"),
        ("DIVA_EVENT_METRICS", "on", "one of true, false"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_found_and_what_is_allowed(
    name: str, found: str, allowed: str
) -> None:
    expected = f"{name} is {found!r}; it must be {allowed}"
    assert "; ".join(problems({**MONOLITHIC, name: found})) == expected


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ("[", "DIVA_MAINTENANCE_WINDOWS is not JSON: "),
        ('[{"start": "9:00"}]', "DIVA_MAINTENANCE_WINDOWS[0].start is '9:00'"),
    ],
)
def test_a_wrong_window_is_named(found: str, problem: str) -> None:
    assert problems({**MONOLITHIC, "DIVA_MAINTENANCE_WINDOWS": found})[0].startswith(problem)


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({}, ["DIVA_STATE_BUCKET", "DIVA_STATE_KEY"]),
        ({"DIVA_MODE": "monolithic", "DIVA_STATE_KEY": "key"}, ["DIVA_STATE_BUCKET"]),
        ({"DIVA_MODE": "distributed", **MONOLITHIC}, ["DIVA_STATE_TABLE"]),
    ],
)
def test_each_mode_needs_its_own_place_for_the_state(
    environ: dict[str, str], missing: list[str]
) -> None:
    assert problems(environ) == [f"{name} is not set" for name in missing]


def test_one_error_names_every_wrong_setting() -> None:
    wrong = {"DIVA_LOG_LEVEL": "loud", "DIVA_MAX_WORKERS": "no", "DIVA_WORKER_ROLE": "alert"}
    text = "; ".join(problems(wrong))
    assert all(f"{name} is {value!r}" in text for name, value in wrong.items())
    assert "DIVA_STATE_BUCKET is not set" in text
    assert "DIVA_STATE_KEY is not set" in text


# too_slow: the first run on a machine makes hypothesis' tables of characters
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from([
            "DIVA_MODE", "DIVA_PARALLELIZE", "DIVA_MAX_WORKERS", "DIVA_LOG_LEVEL",
            "DIVA_EVENT_TIMEOUT_SEC", "DIVA_WORKER_ROLE",
        ]),
        st.text() | st.sampled_from(["distributed", "false", "8", "1e9", "INFO", "detect"]),
    )
)  # fmt: skip
def test_any_environment_gives_usable_settings_or_names_what_is_wrong(
    environ: dict[str, str],
) -> None:
    complete = {**MONOLITHIC, "DIVA_STATE_TABLE": "table", **environ}
    try:
        found = read_settings(complete)
    except InvalidSettings:
        text = "; ".join(problems(complete))
        assert any(f"{name} is {value!r}; it must be " in text for name, value in environ.items())
    else:
        assert found.max_workers >= 1
        assert found.event_timeout_sec is None or found.event_timeout_sec > 0
        assert found.mode in {"monolithic", "distributed"}

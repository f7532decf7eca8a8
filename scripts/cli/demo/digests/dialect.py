"""The part of PostgREST's dialect that the function uses, in front of a database.

It answers as PostgREST behind the gateway of a Supabase project does: filters, order, limits,
representations of deleted rows, Content-Range, keys, and errors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

from .database import Database
from .web import Answer, Request

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl"
SECRET_KEY = "sb_secret_0123456789abcdef"  # noqa: S105  # of nothing

_BASE = "/rest/v1/"
_RESERVED = frozenset({"select", "order", "limit", "offset"})
_COMPARISONS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_IS = {"null": "NULL", "true": "TRUE", "false": "FALSE", "unknown": "UNKNOWN"}
_LISTED = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,"]+)')
_STATUS = {"42703": 400, "42P01": 404, "23503": 409, "23505": 409, "57014": 500, "42501": 403}


class ParseError(Exception):
    """A parameter does not follow PostgREST's syntax."""


@dataclass(slots=True)
class Dialect:
    """A project with a database. `keys` are accepted."""

    database: Database
    keys: set[str] = field(default_factory=lambda: {JWT})
    max_rows: int = 1_000
    """Maximum number of rows in an answer."""

    def __call__(self, request: Request) -> Answer:
        if refusal := self._refusal(request):
            return refusal
        url = urlsplit(request.path)
        table = unquote(url.path).removeprefix(_BASE)
        parameters = parse_qsl(url.query, keep_blank_values=True)
        prefer = ",".join(request.headers.get_all("Prefer") or ()).replace(" ", "").split(",")
        if not self.database.execute("SELECT to_regclass(%s) AS it", [f'"{table}"'])[0]["it"]:
            return _error(
                404, "PGRST205", f"Could not find the table 'public.{table}' in the schema cache"
            )
        try:
            if request.method == "DELETE":
                return self._delete(table, parameters, "return=representation" in prefer)
            return self._select(table, parameters, "count=exact" in prefer)
        except ParseError as error:
            return _error(400, "PGRST100", str(error))
        except psycopg.Error as error:
            diagnosis = error.diag
            code = diagnosis.sqlstate or "XX000"
            return _error(
                _STATUS.get(code, 400),
                code,
                diagnosis.message_primary or "",
                diagnosis.message_detail,
                diagnosis.message_hint,
            )

    def _refusal(self, request: Request) -> Answer | None:
        """Return what the gateway answers to an unknown key, or PostgREST to one that is no JWT."""
        if request.headers["apikey"] not in self.keys:
            return Answer(401, {"message": "Invalid API key", "hint": "Double check your API key."})
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token:
            # The gateway turns a secret key into a token, and a JWT has to be one.
            is_new = request.headers["apikey"].startswith("sb_")
            return None if is_new else _error(401, "PGRST302", "Anonymous access is disabled")
        if scheme != "Bearer" or token.count(".") != 2:
            return _error(401, "PGRST301", "Expected 3 parts in JWT; got 1")
        return None if token in self.keys else _error(401, "PGRST301", "JWT cannot be decoded")

    def _select(self, table: str, parameters: Sequence[tuple[str, str]], count: bool) -> Answer:
        given = dict(parameters)
        where = _where(parameters)
        first = int(given.get("offset", 0))
        most = min(int(given.get("limit", self.max_rows)), self.max_rows)
        query = sql.SQL("SELECT {} FROM {}{}{} LIMIT {} OFFSET {}").format(
            _columns(given.get("select", "*")),
            sql.Identifier(table),
            where,
            _order(given.get("order", "")),
            sql.Literal(most),
            sql.Literal(first),
        )
        rows = self._json(query)
        total = "*"
        if count:
            counting = sql.SQL("SELECT count(*) AS it FROM {}{}").format(
                sql.Identifier(table), where
            )
            total = str(self.database.execute(counting)[0]["it"])
        covered = f"{first}-{first + len(rows) - 1}" if rows else "*"
        is_part = total != "*" and len(rows) < int(total)
        return Answer(206 if is_part else 200, rows, {"Content-Range": f"{covered}/{total}"})

    def _delete(
        self, table: str, parameters: Sequence[tuple[str, str]], representation: bool
    ) -> Answer:
        where = _where(parameters)
        if not where.as_string():
            return _error(400, "21000", "DELETE requires a WHERE clause")
        deletion = sql.SQL("DELETE FROM {}{} RETURNING {}").format(
            sql.Identifier(table), where, _columns(dict(parameters).get("select", "*"))
        )
        rows = self._json(deletion)
        return Answer(200, rows, {"Content-Range": "*/*"}) if representation else Answer(204)

    def _json(self, query: sql.Composed) -> list[dict[str, Any]]:
        """Return rows as PostgreSQL writes them in JSON."""
        whole = sql.SQL(
            "WITH found AS ({}) SELECT coalesce(json_agg(found), '[]')::text AS it FROM found"
        ).format(query)
        rows: list[dict[str, Any]] = json.loads(self.database.execute(whole)[0]["it"])
        return rows


def _columns(text: str) -> sql.Composable:
    if text == "*":
        return sql.SQL("*")
    return sql.SQL(", ").join(sql.Identifier(name) for name in text.split(","))


def _order(text: str) -> sql.Composable:
    terms = []
    for term in filter(None, text.split(",")):
        name, _, direction = term.partition(".")
        if direction not in ("", "asc", "desc"):
            raise ParseError(f'"failed to parse order ({text})"')
        terms.append(sql.Identifier(name) + sql.SQL(" DESC" if direction == "desc" else " ASC"))
    return sql.SQL(" ORDER BY ") + sql.SQL(", ").join(terms) if terms else sql.Composed([])


def _where(parameters: Sequence[tuple[str, str]]) -> sql.Composed:
    conditions = [_filter(name, text) for name, text in parameters if name not in _RESERVED]
    if not conditions:
        return sql.Composed([])
    return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(conditions)


def _filter(name: str, text: str) -> sql.Composed:
    column = sql.Identifier(name)
    negated = text.startswith("not.")
    operator, dot, value = text.removeprefix("not.").partition(".")
    if operator == "is" and value in _IS:
        found = sql.SQL("{} IS {}").format(column, sql.SQL(_IS[value]))
    elif operator == "in" and value.startswith("(") and value.endswith(")"):
        members = [sql.Literal(each) for each in _members(value[1:-1])]
        found = sql.SQL("{} IN ({})").format(column, sql.SQL(", ").join(members))
    elif operator in _COMPARISONS and dot:
        compared = sql.SQL(_COMPARISONS[operator])
        found = sql.SQL("{} {} {}").format(column, compared, sql.Literal(value))
    else:
        raise ParseError(f'"failed to parse filter ({text})" (line 1, column 1)')
    return sql.SQL("NOT ({})").format(found) if negated else found


def _members(text: str) -> list[str]:
    return [
        re.sub(r"\\(.)", r"\1", quoted) if quoted or not bare else bare
        for quoted, bare in _LISTED.findall(text)
    ]


def _error(
    status: int, code: str, message: str, details: str | None = None, hint: str | None = None
) -> Answer:
    return Answer(status, {"code": code, "details": details, "hint": hint, "message": message})

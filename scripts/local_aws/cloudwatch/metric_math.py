"""Metric math: the operators of CloudWatch, and the functions that alarms use."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from local_aws.cloudwatch.timeseries import Series
from local_aws.errors import NotEvaluable

# A number, a time series, or several.
Value = float | Series | tuple[Series, ...]
Operation = Callable[[float, float], float | None]

_WORDS = re.compile(r'"[^"]*"|&&|\|\||\bAND\b|\bOR\b')
_IN_PYTHON = {"&&": " and ", "AND": " and ", "||": " or ", "OR": " or "}


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _truth(compare: Callable[[Any, Any], Any]) -> Operation:
    return lambda left, right: float(bool(compare(left, right)))


_OPERATIONS: dict[type[ast.AST], Operation] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
    ast.Eq: _truth(operator.eq),
    ast.NotEq: _truth(operator.ne),
    ast.Lt: _truth(operator.lt),
    ast.LtE: _truth(operator.le),
    ast.Gt: _truth(operator.gt),
    ast.GtE: _truth(operator.ge),
    ast.And: _truth(lambda left, right: left and right),
    ast.Or: _truth(lambda left, right: left or right),
}


def evaluate(
    wanted: str, metrics: Mapping[str, Series], expressions: Mapping[str, str], length: int
) -> Series:
    """Return the series of the metric or expression with the ID `wanted`.

    All series have `length` points. Raises `NotEvaluable` for an expression that uses what the
    embedded AWS lacks, or that does not result in one series.
    """
    value = _Evaluation(metrics, expressions, length).named(wanted)
    if isinstance(value, tuple) and len(value) == 1:
        return value[0]
    if not isinstance(value, Series):
        raise NotEvaluable(f"{expressions[wanted]} does not result in one time series.")
    return value


class _Evaluation:
    def __init__(
        self, metrics: Mapping[str, Series], expressions: Mapping[str, str], length: int
    ) -> None:
        self._metrics = metrics
        self._expressions = expressions
        self._length = length
        self._evaluating: list[str] = []

    def named(self, name: str) -> Value:
        if name in self._metrics:
            return self._metrics[name]
        if name not in self._expressions:
            raise NotEvaluable(f"There is no metric or expression {name}.")
        if name in self._evaluating:
            raise NotEvaluable(f"The expression {name} refers to itself.")
        self._evaluating.append(name)
        value = self._value(_parsed(self._expressions[name]))
        self._evaluating.pop()
        return value

    def _value(self, node: ast.expr) -> Value:
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return float(node.value)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self._combined(operator.mul, -1.0, self._value(node.operand))
        if isinstance(node, ast.BinOp) and _knows(node.op):
            operation = _OPERATIONS[type(node.op)]
            return self._combined(operation, self._value(node.left), self._value(node.right))
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and _knows(node.ops[0]):
            operation = _OPERATIONS[type(node.ops[0])]
            right = self._value(node.comparators[0])
            return self._combined(operation, self._value(node.left), right)
        if isinstance(node, ast.BoolOp):
            operation = _OPERATIONS[type(node.op)]
            values = [self._value(each) for each in node.values]
            return reduce(lambda left, right: self._combined(operation, left, right), values)
        if isinstance(node, ast.List):
            return tuple(series for each in node.elts for series in self._several(each))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self._called(node.func.id, node.args)
        raise NotEvaluable(f"The embedded AWS lacks the operation {ast.unparse(node)}.")

    def _called(self, name: str, arguments: list[ast.expr]) -> Value:
        if name == "METRICS" and len(arguments) <= 1:
            return self._all_metrics(*arguments)
        if name == "FILL" and len(arguments) == 2:
            return self._filled(*arguments)
        if name == "IF" and len(arguments) in (2, 3):
            return self._chosen(*[self._value(each) for each in arguments])
        if name in ("AVG", "MAX", "MIN", "SUM") and len(arguments) == 1:
            value = self._value(arguments[0])
            if isinstance(value, tuple):
                return self._across(name, value)
            if isinstance(value, Series):
                known = [point for point in value.points if point is not None]
                return _aggregate(name, known) if known else self._no_data()
        given = ", ".join(ast.unparse(each) for each in arguments)
        raise NotEvaluable(f"The embedded AWS lacks the function {name}({given}).")

    def _several(self, node: ast.expr) -> tuple[Series, ...]:
        value = self._value(node)
        if isinstance(value, float):
            raise NotEvaluable(f"{ast.unparse(node)} is not a time series, as a list needs.")
        return value if isinstance(value, tuple) else (value,)

    def _all_metrics(self, part: ast.expr | None = None) -> Value:
        wanted = part.value if isinstance(part, ast.Constant) else ""
        return tuple(series for name, series in self._metrics.items() if str(wanted) in name)

    def _filled(self, node: ast.expr, filling: ast.expr) -> Value:
        value = self._value(node)
        if isinstance(value, float):
            raise NotEvaluable(f"{ast.unparse(node)} is not a time series, as FILL needs.")
        repeat = isinstance(filling, ast.Name) and filling.id == "REPEAT"
        filler = None if repeat else self._value(filling)
        if isinstance(filler, tuple):
            raise NotEvaluable(f"{ast.unparse(filling)} is several time series. FILL takes one.")
        filled = tuple(self._fill(each, filler) for each in _listed(value))
        return filled if isinstance(value, tuple) else filled[0]

    def _fill(self, series: Series, filler: float | Series | None) -> Series:
        points: list[float | None] = []
        for point, other in zip(series.points, self._points(filler), strict=True):
            if point is None:
                point = points[-1] if filler is None and points else other
            points.append(point)
        return Series(tuple(points))

    def _chosen(self, condition: Value, then: Value, otherwise: Value | None = None) -> Value:
        if isinstance(condition, tuple) or isinstance(then, tuple) or isinstance(otherwise, tuple):
            raise NotEvaluable("IF takes time series and numbers, not lists.")
        if all(isinstance(value, float) for value in (condition, then, otherwise)):
            return then if condition else otherwise  # type: ignore[return-value]
        if isinstance(condition, float):
            return Series(tuple(self._points(then if condition else otherwise)))
        columns = (self._points(condition), self._points(then), self._points(otherwise))
        points: list[float | None] = []
        for test, left, right in zip(*columns, strict=True):
            points.append(None if test is None else (left or 0.0) if test else right)
        return Series(tuple(points))

    def _across(self, name: str, several: tuple[Series, ...]) -> Value:
        points: list[float | None] = []
        for column in zip(*(series.points for series in several), strict=True):
            known = [point for point in column if point is not None]
            if known and name == "AVG":
                known += [0.0] * (len(column) - len(known))
            points.append(_aggregate(name, known) if known else None)
        return Series(tuple(points)) if several else self._no_data()

    def _combined(self, operation: Operation, left: Value, right: Value) -> Value:
        if isinstance(left, tuple) or isinstance(right, tuple):
            count = max(len(each) for each in (left, right) if isinstance(each, tuple))
            pairs = zip(_repeated(left, count), _repeated(right, count), strict=False)
            results = [self._combined(operation, *pair) for pair in pairs]
            return tuple(each for each in results if isinstance(each, Series))
        if isinstance(left, float) and isinstance(right, float):
            result = operation(left, right)
            return self._no_data() if result is None else result
        # A point that one of two series lacks counts as 0. A number alone makes no points.
        points = [
            None
            if (a is None or isinstance(left, float)) and (b is None or isinstance(right, float))
            else operation(a or 0.0, b or 0.0)
            for a, b in zip(self._points(left), self._points(right), strict=True)
        ]
        return Series(tuple(points))

    def _points(self, value: float | Series | None) -> tuple[float | None, ...]:
        return value.points if isinstance(value, Series) else (value,) * self._length

    def _no_data(self) -> Series:
        return Series((None,) * self._length)


def _knows(operator_: ast.AST) -> bool:
    return type(operator_) in _OPERATIONS


def _parsed(expression: str) -> ast.expr:
    text = _WORDS.sub(lambda found: _IN_PYTHON.get(found[0], found[0]), expression)
    try:
        return ast.parse(f"({text.strip()})", mode="eval").body
    except SyntaxError as error:
        raise NotEvaluable(f"{expression} is not an expression: {error.msg}.") from error


def _aggregate(name: str, points: list[float]) -> float:
    if name in ("MAX", "MIN"):
        return max(points) if name == "MAX" else min(points)
    return sum(points) / (len(points) if name == "AVG" else 1)


def _listed(value: Series | tuple[Series, ...]) -> tuple[Series, ...]:
    return value if isinstance(value, tuple) else (value,)


def _repeated(value: Value, count: int) -> tuple[float | Series, ...]:
    return value if isinstance(value, tuple) else (value,) * count

"""The syntax of the source files, for the Python of the function."""

import ast
import sys
import warnings

from .errors import PackageError


def check_syntax(path: str, content: bytes, python: str) -> None:
    """Raise PackageError, with the line, for code that the function's Python cannot compile."""
    here = sys.version_info[:2]
    there = (3, int(python.removeprefix("3.")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # ast.parse can check the grammar of an older Python. compile also finds errors that
            # the grammar does not exclude, for example a return outside of a function.
            ast.parse(content, path, feature_version=min(here, there))
            compile(content, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        text = f"{path}, line {line}: {getattr(error, 'msg', error)}."
        if here < there:
            text += (
                f" The function runs on Python {python}, but Python {here[0]}.{here[1]} checked the"
                " syntax. To use newer syntax, set python_executable to a newer Python."
            )
        raise PackageError(text) from error

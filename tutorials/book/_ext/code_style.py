"""The colours of code: six, and the rest is plain; and a reader of C++ that knows types and calls."""
import re
from typing import Iterator

from pygments.lexers.c_cpp import CppLexer
from pygments.style import Style
from pygments.token import Comment, Error, Keyword, Literal, Name, Number, String, Token, _TokenType
from sphinx.application import Sphinx


class Light(Style):
    background_color = "#f6f7f8"
    styles = {Token: "#24292e", Comment: "#646d76", Comment.Preproc: "#7d4cb0", Keyword: "#1f5f8b",
              Keyword.Type: "#0f6f78", Name.Class: "#0f6f78", Name.Function: "#6a3d9a",
              Name.Builtin: "", String: "#2a7a4b", Number: "#a3491a", Literal: "#a3491a", Error: ""}


class Dark(Style):
    background_color = "#1b1d20"
    styles = {Token: "#d7dade", Comment: "#8d969f", Comment.Preproc: "#c39aef", Keyword: "#7cb8e0",
              Keyword.Type: "#6fc7cf", Name.Class: "#6fc7cf", Name.Function: "#c9a6ee",
              Name.Builtin: "", String: "#86cfa0", Number: "#eba478", Literal: "#eba478", Error: ""}


class CourseCpp(CppLexer):
    """C++ in which a name with a capital is a type, and a name before a parenthesis is a function."""

    def get_tokens_unprocessed(self, text: str, **state: object  # type: ignore[override]
                               ) -> Iterator[tuple[int, _TokenType, str]]:
        for at, token, value in super().get_tokens_unprocessed(text, **state):
            if token is Name:
                if re.match(r"[A-Z]\w*[a-z]", value):
                    token = Name.Class
                elif re.match(r"\s?(<[\w:, ]+>)?\(", text[at + len(value):]):
                    token = Name.Function
            yield at, token, value


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_lexer("cpp", CourseCpp)
    return {"parallel_read_safe": False}

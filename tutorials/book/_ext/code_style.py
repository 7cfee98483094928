"""The colours of code: four, and the rest is plain."""
from pygments.style import Style
from pygments.token import Comment, Error, Keyword, Literal, Name, Number, String, Token


class Light(Style):
    background_color = "#f6f7f8"
    styles = {Token: "#24292e", Comment: "#6a737d", Comment.Preproc: "#7d4cb0", Keyword: "#1f5f8b",
              Keyword.Type: "#1f5f8b", Name.Class: "", Name.Function: "", Name.Builtin: "",
              String: "#2a7a4b", Number: "#a3491a", Literal: "#a3491a", Error: ""}


class Dark(Style):
    background_color = "#1b1d20"
    styles = {Token: "#d7dade", Comment: "#8d969f", Comment.Preproc: "#c39aef", Keyword: "#7cb8e0",
              Keyword.Type: "#7cb8e0", Name.Class: "", Name.Function: "", Name.Builtin: "",
              String: "#86cfa0", Number: "#eba478", Literal: "#eba478", Error: ""}

"""The compiler's words about a student's file: the first error, without what templates add."""
import re
from dataclasses import dataclass
from pathlib import Path

place = re.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(?:(?P<column>\d+):)?\s*(?P<text>.*)")
error = re.compile(r"(?:fatal )?error: (?P<message>.*)")
expression = r"x(?:function|function_type_t|reducer|view|strided_view|broadcast|scalar|generator)"
longest = 240  # characters of a message


@dataclass(frozen=True)
class CompileError:
    message: str
    line: int | None = None    # in the student's file; None if the error lies elsewhere
    column: int | None = None


def first_error(text: str, file: Path) -> CompileError:
    """An error inside a header is reported at the student's line that led there. g++ names that
    line before the error ("required from here"), clang++ in a note after it."""
    elsewhere: CompileError | None = None
    led_here: re.Match[str] | None = None
    for line in text.splitlines():
        match = place.match(line)
        if not match:
            continue
        in_file = Path(match["file"]) == file
        fault = error.match(match["text"])
        if fault and in_file:
            return at(match, fault["message"])
        if fault and led_here:
            return at(led_here, fault["message"])
        if fault and elsewhere is None:
            elsewhere = CompileError(plain(fault["message"]))
        if in_file and elsewhere and "requested here" in match["text"]:
            return at(match, elsewhere.message)
        if in_file and "required from" in match["text"]:
            led_here = match
    return elsewhere or CompileError(last_line(text))


def at(match: re.Match[str], message: str) -> CompileError:
    column = int(match["column"]) if match["column"] else None
    return CompileError(plain(message), int(match["line"]), column)


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return plain(lines[-1]) if lines else "the compiler failed without a word"


# --- types as a student writes them ---

def plain(message: str) -> str:
    message = re.sub(r" \[with .*\]| \[-W[^\]]*\]", "", message)
    message = re.sub(r" \{aka [^{}]*(\{[^{}]*\})?[^{}]*\}", "", message)
    message = re.sub(r" \(aka '[^']*'\)", "", message)
    message = message.replace("tapestry::f64::", "").replace("tapestry::f32::", "")
    message = message.replace("tapestry::", "").replace("__cxx11::", "")
    message = replace_template(message, "xarray_container", tensor_name)
    message = replace_template(message, expression, lambda _: "an xtensor expression")
    message = replace_template(message, "svector", lambda _: "Shape")
    message = replace_template(message, "basic_string", lambda _: "string")
    message = message.replace("class an xtensor", "an xtensor")
    message = message.replace("long unsigned int", "std::size_t").replace("xt::Shape", "Shape")
    message = re.sub(r"\bno return statement in function returning non-void|"
                     r"control reaches end of non-void function|"
                     r"non-void function does not return a value( in all control paths)?",
                     "a way through this function ends without `return`", message)
    return message if len(message) <= longest else message[:longest].rstrip() + " ..."


def tensor_name(arguments: str) -> str:
    return "Indices" if re.search(r"\buvector<\s*int\b", arguments) else "Tensor"


def replace_template(text: str, name: str, new) -> str:
    """Replaces NAME<...>, with all that stands between its brackets."""
    pattern = re.compile(rf"\b(?:xt::|std::)?(?:detail::)?\b{name}<")
    begin = 0
    while match := pattern.search(text, begin):
        end = closing(text, match.end())
        if end is None:
            return text
        word = new(text[match.end():end - 1])
        text = text[:match.start()] + word + text[end:]
        begin = match.start() + len(word)
    return text


def closing(text: str, begin: int) -> int | None:
    """Behind the bracket that closes what was opened before `begin`."""
    depth = 1
    for i in range(begin, len(text)):
        if text[i] == "<":
            depth += 1
        elif text[i] == ">" and text[i - 1] != "-":
            depth -= 1
            if depth == 0:
                return i + 1
    return None


# --- the linker ---

def link_error(text: str) -> str:
    if match := re.search(r"multiple definition of [`']([^']*)'", text):
        return f"{plain(match[1])} is defined twice: here and in the library or the check" + \
            (" (a piece needs no main)" if match[1] == "main" else "")
    if match := re.search(r"undefined reference to [`']([^']*)'", text):
        return f"{plain(match[1])} is called, but defined nowhere"
    if match := re.search(r"not defined here: `([^']*)'", text):  # kit.py's
        return f"the library's file defines {plain(match[1])}, and this one does not"
    return last_line(text)

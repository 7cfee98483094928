"""What a crash says, in the words of who wrote the code."""
import re
from pathlib import Path

signals = {
    "SIGSEGV": "it touched memory that is not its own: an index out of range, or a recursion "
               "without end",
    "SIGBUS": "it touched memory that is not there",
    "SIGFPE": "it divided a whole number by zero",
    "SIGILL": "it ran into an instruction that is none: a function without `return`?",
    "SIGKILL": "it was killed: out of memory?",
}

assertion = re.compile(r"(?:^.*?(?P<file>[^/\s:]+):(?P<line>\d+): )?.*: Assertion [`'](?P<text>.*)' failed")

# What the C++ library asserts (-D_GLIBCXX_ASSERTIONS), in the words of who called it.
assertions = (
    (r"__n < (this->)?size\(\)", "an index is beyond the end of a vector, an array or a string"),
    (r"!(this->)?empty\(\)", "front(), back() or pop of something that is empty"),
    (r"_M_is_engaged\(\)", "a std::optional that holds nothing was read: give it a value first"),
    (r"(_M_get\(\)|get\(\)|_M_ptr) != (nullptr|pointer\(\)|0)",
     "a std::unique_ptr or std::shared_ptr that points to nothing was used"),
    (r"!\(__hi < __lo\)", "std::clamp with a lower bound above the upper one"),
    (r"__pos <= size\(\)", "a position is beyond the end of a string"),
)

# glibc finds a damaged heap at some later moment, when it hands out or takes back memory.
heap_messages = (
    (r"^double free", "memory was given back twice"),
    (r"^(free|munmap_chunk|realloc)\(\): invalid pointer",
     "memory was given back that nobody had asked for, or it wrote before the begin of a tensor or "
     "vector"),
    (r"^(malloc|free|realloc|munmap_chunk|malloc_consolidate)\w*\(\): |^corrupted (size|double)|"
     r"^invalid fastbin entry",
     "it wrote beyond the end of a tensor or a vector, earlier than here: is an index too large, or an "
     "entry missing?"),
    (r"stack smashing detected", "it wrote beyond the end of a local array"),
)


by_reference = re.compile(r"\[\s*&\s*[\],]|\[[^\]\n]*,\s*&\s*[\],]")


def words(signal: str, problem: str, printed: str) -> str:
    """Why it crashed. `problem`: the last words that were recognised, an assertion's say."""
    for line in reversed(printed.splitlines()):
        if match := assertion.search(line):
            return assertion_words(match)
        if found := plain(heap_messages, line):
            return f"{found} ({line.strip()})"
    return problem or signals.get(signal, "")


def plain(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((words for pattern, words in table if re.search(pattern, text)), "")


def assertion_words(match: re.Match[str]) -> str:
    if found := plain(assertions, match["text"]):
        return f"{found} (assertion {match['text']})"
    where = f" at {Path(match['file']).name}:{match['line']}" if match["file"] else ""
    return f"assertion failed{where}: {match['text']}"


def advice(signal: str, code: str) -> str:
    """A likely cause that stands in the piece itself."""
    if signal in ("SIGSEGV", "SIGBUS", "SIGABRT") and by_reference.search(code):
        return ("A lambda in it captures by reference, [&]. A pull-back runs after the function has "
                "returned, when its variables are gone: capture by value, [=] or by name.")
    return ""

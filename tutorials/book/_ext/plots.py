"""Plots: NAME.gp beside the chapter, drawn by gnuplot with plot_style.gp, 640 wide and again 380 wide for
phones. Here the plot's text is made ready for either."""
import re

narrow_width = 380


def source(text: str, narrow: bool) -> str:
    """A plot's text, with its legend where it hides nothing, and for a phone with other sizes."""
    panels = "set multiplot" in text
    text = re.sub(r"^(\s*set key )(.*)$", lambda key: key[1] + legend(key[2], narrow, panels), text,
                  flags=re.MULTILINE)
    if narrow:
        text = for_phones(text, panels)
    return re.sub(r"\bmargins ([\d.]+),([\d.]+),([\d.]+)", lambda edges: with_label(edges, text), text)


def finished(svg: str) -> str:
    """gnuplot's SVG with a true minus sign before its numbers."""
    return re.sub(r"(?<=>)[^<>]+(?=<)", lambda words: re.sub(r"(?<![\w.)])-(?=\d)", "\u2212", words[0]),
                  svg)


def is_table(text: str) -> bool:
    """Numbers in boxes, without axes: these do not fit into less room."""
    return bool(re.search(r"^[^#\n]*\bunset tics", text, re.MULTILINE))


def height_of_legend(text: str) -> int:
    return 17 * len(re.findall(r"\btitle \"", text))


def height(text: str) -> int:
    """Of a plot on a phone: the legend's lines come on top."""
    return 500 if "set multiplot" in text else 250 + height_of_legend(text)


def legend(options: str, narrow: bool, panels: bool) -> str:
    """Above the plot, where it hides nothing, unless the plot says `inside`, or that it stands beside it;
    on a phone nothing has room beside. Panels have no room above and keep what they say."""
    words = options.split()
    beside = "outside" in words or "at" in words
    if panels or "inside" in words or (beside and not narrow):
        before = "" if beside or "inside" in words else "inside "
        return f"{before}vertical samplen {1 if narrow else 2} {options}"
    options = re.sub(r"\bat screen [\d.]+,\s*[\d.]+", "", options)
    return " ".join(["above", *(word for word in options.split()
                                if word not in ("top", "center", "bottom", "outside"))])


def with_label(edges: re.Match[str], text: str) -> str:
    """The margins of panels, with room for the label of the lowest axis."""
    height = re.search(r"\bsize \d+,(\d+)", text)
    label = 62 if re.search(r"^set xlabel", text, re.MULTILINE) else 0
    bottom = max(float(edges[3]), label / int(height[1]) if height else 0)
    return f"margins {edges[1]},{edges[2]},{bottom:.3f}"


def for_phones(text: str, panels: bool) -> str:
    """The plot's own sizes, changed for a page 380 wide: letters shrink less than what is around them."""
    side_by_side = re.search(r"\bset multiplot layout 1,(\d)\b", text)  # on a phone one under the other
    times = 1.7 if side_by_side else 1

    def terminal(size: re.Match[str]) -> str:
        height = int(0.8 * times * int(size[2]))
        if not panels:
            height = max(height, height_of_legend(text) + 190)
        return f'size {narrow_width},{height}{size[3]}"Helvetica,12"'

    def margins(edges: re.Match[str]) -> str:
        left, right, bottom, top = map(float, edges.groups())
        beside = 0.89 if re.search(r"^\s*set key .*outside", text, re.MULTILINE) else 1
        if side_by_side:
            bottom, top = bottom / 2, (1 + top) / 2
        return f"margins {1.6 * left:.3f},{beside * right:.3f},{1.25 * bottom:.3f},{top}"
    text = re.sub(r"\bsize (\d+),(\d+)(.*?)\"Helvetica,\d+\"", terminal, text)
    text = re.sub(r"\bmargins ([\d.]+),([\d.]+),([\d.]+),([\d.]+)", margins, text)
    if side_by_side:
        text = text.replace(side_by_side[0], f"set multiplot layout {side_by_side[1]},1")
        text = re.sub(r"(set multiplot .*)\bspacing [\d.]+(?:,[\d.]+)?", r"\1spacing 0,0.18", text)
    return re.sub(r"^\s*set rmargin .*$", "", text, flags=re.MULTILINE)

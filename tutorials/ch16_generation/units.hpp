// Which units of a language model follow something that a reader can name: the place in the line,
// the place in the word, the first line of a paragraph.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/random.hpp"
#include "text/models/language_model.hpp"

namespace tapestry {

// What a reader sees at each character. Its values, one a character.
struct Feature {
  std::string name;
  std::vector<double> values;
};

inline std::vector<Feature> features_of(const std::vector<std::string>& text) {
  Feature line{"the place in the line", {}}, word{"the place in the word", {}},
      first{"the first line of a paragraph", {}};
  double in_line = 0, in_word = 0;
  bool begins = true;
  for (const std::string& c : text) {
    const bool empty = in_line == 0;
    in_line = c == "\n" ? 0 : in_line + 1;
    in_word = c == " " || c == "\n" ? 0 : in_word + 1;
    if (c == "\n") begins = empty; // an empty line goes before a paragraph
    line.values.push_back(in_line), word.values.push_back(in_word);
    first.values.push_back(begins && c != "\n");
  }
  return {line, word, first};
}

// What the last layer shows at each character: (n, H), from the state before all text.
inline Tensor shown_states(const LanguageModel& model, const std::vector<int>& ids) {
  Indices passage = Indices::from_shape({ids.size(), 1});
  std::copy_n(ids.begin(), ids.size(), passage.data());
  LSTMState state = model.start(1);
  Rng unused(0);
  return model.read(passage, state, unused).value();
}

// Pearson's correlation of unit `unit` with the feature over characters begin .. end-1; 0 if either
// does not change.
inline double correlation(const Tensor& shown, std::size_t unit, const std::vector<double>& feature,
                          std::size_t begin, std::size_t end) {
  const std::size_t units = shown.shape().back();
  double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t t = begin; t < end; ++t) {
    const double x = feature[t], y = static_cast<double>(shown.data()[t * units + unit]);
    sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
  }
  const auto n = static_cast<double>(end - begin);
  const double vx = sxx - sx * sx / n, vy = syy - sy * sy / n;
  return vx < 1e-9 || vy < 1e-9 ? 0 : (sxy - sx * sy / n) / std::sqrt(vx * vy);
}

struct FollowingUnit {
  std::string follows;
  std::size_t unit;
  double correlation, untrained; // on the second half; the best unit of a model without training
  std::vector<double> values;    // on the second half, one a character
};

//> units
// For each feature the unit that follows it best in the first half of the text, and how well it
// does so in the second. The same for a model of the same sizes that has learnt nothing.
inline std::vector<FollowingUnit> following_units(const LanguageModel& model,
                                                  const std::vector<int>& ids,
                                                  const std::vector<std::string>& text) {
  Rng rng(1);
  const LanguageModel untrained(model.options(), rng);
  const std::size_t half = ids.size() / 2, units = model.options().hidden;
  const auto best = [&](const Tensor& shown, const Feature& f) {
    std::size_t unit = 0;
    double most = -1;
    for (std::size_t j = 0; j < units; ++j)
      if (const double r = std::abs(correlation(shown, j, f.values, 0, half)); r > most)
        unit = j, most = r;
    return unit;
  };
  const Tensor shown = shown_states(model, ids), idle = shown_states(untrained, ids);
  std::vector<FollowingUnit> found;
  for (const Feature& f : features_of(text)) {
    const std::size_t unit = best(shown, f);
    const double r = correlation(shown, unit, f.values, half, ids.size());
    if (r == 0) continue; // the text has no such thing
    FollowingUnit u{
        f.name, unit, r, correlation(idle, best(idle, f), f.values, half, ids.size()), {}};
    for (std::size_t t = half; t < ids.size(); ++t)
      u.values.push_back(static_cast<double>(shown.data()[t * units + unit]));
    found.push_back(std::move(u));
  }
  return found;
}
//< units

// A table for graphviz: the text once for each unit, each character on the colour of its value.
inline std::string units_table(const std::vector<FollowingUnit>& units,
                               const std::vector<std::string>& text, std::size_t width) {
  const auto shown = [](const std::string& c) -> std::string {
    return c == "\n"  ? "\u21b5"
           : c == " " ? "\u00b7"
           : c == "&" ? "&amp;"
           : c == "<" ? "&lt;"
           : c == ">" ? "&gt;"
                      : c;
  };
  std::string rows;
  for (const FollowingUnit& u : units) {
    rows +=
        fmt::format("<TR><TD COLSPAN=\"{}\" ALIGN=\"LEFT\" HEIGHT=\"26\">unit {}: {}</TD></TR>\n",
                    width, u.unit, u.follows);
    double most = 1e-9; // the full colour
    for (std::size_t t = 0; t < text.size(); ++t) most = std::max(most, std::abs(u.values[t]));
    for (std::size_t begin = 0; begin < text.size(); begin += width) {
      rows += "<TR>";
      for (std::size_t t = begin; t < std::min(begin + width, text.size()); ++t) {
        const double v = u.values[t] / most;
        rows += fmt::format("<TD FIXEDSIZE=\"TRUE\" WIDTH=\"9\" HEIGHT=\"17\" "
                            "BGCOLOR=\"#00000{}{:02x}\"><FONT FACE=\"monospace\">{}</FONT></TD>",
                            v > 0 ? 2 : 1, 17 * static_cast<int>(std::lround(10 * std::abs(v))),
                            shown(text[t]));
      }
      rows += "</TR>\n";
    }
  }
  return "digraph units {\n  node [shape=plain];\n  text [label=<<TABLE BORDER=\"0\" "
         "CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\">\n" +
         rows + "</TABLE>>];\n}\n";
}

} // namespace tapestry

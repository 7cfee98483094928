// Sentences sorted by length, and packed: the rows of each step side by side, without padding.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/random.hpp"
#include "four_answers.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

std::string word(std::int32_t id) { return vocabulary()[static_cast<std::size_t>(id)]; }

// One colour a step.
std::string cell(std::size_t step, const std::string& text) {
  return fmt::format("<td bgcolor=\"#{:06x}\" width=\"44\">{}</td>", step + 1, text);
}

std::string row_of(const Sentence& s, std::size_t steps) {
  std::string row;
  for (std::size_t t = 0; t < steps; ++t)
    row += t < s.words.size() ? cell(t, word(s.words(t))) : "<td width=\"44\"> </td>";
  return row;
}

std::string table(const char* name, const char* title, const std::string& rows) {
  return fmt::format("  {} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
                     "cellpadding=\"4\"><tr><td border=\"0\" colspan=\"14\">{}</td></tr>{}"
                     "</table>>];\n",
                     name, title, rows);
}

std::string drawing(const Batch& batch, const PackedIndices& packed) {
  const PackedLayout& l = *packed.layout;
  std::string padded, sorted, rows, sizes;
  for (const Sentence& s : batch) padded += "<tr>" + row_of(s, l.steps()) + "</tr>";
  for (std::int32_t i : l.sorted_indices)
    sorted += fmt::format("<tr>{}<td border=\"0\"> {}</td></tr>",
                          row_of(batch[static_cast<std::size_t>(i)], l.steps()), i);
  for (std::size_t t = 0; t < l.steps(); ++t) {
    for (std::size_t i = l.begins[t]; i < l.begins[t + 1]; ++i)
      rows += cell(t, word(packed.data(i)));
    sizes += fmt::format("<td border=\"0\" colspan=\"{0}\">{0}</td>", l.batch_sizes[t]);
  }
  return "digraph packing {\n  node [shape=plain];\n  edge [style=invis];\n  nodesep=0.6;\n"
         "  ranksep=0.3;\n" +
         table("padded", "padded, as they came", padded) +
         table("sorted", "sorted by length", sorted) +
         table("packed", "packed, and batch_sizes below",
               "<tr>" + rows + "</tr><tr>" + sizes + "</tr>") +
         "  padded -> packed; sorted -> packed;\n}\n";
}

void show(const char* name, const auto& values) {
  fmt::print("  {:<18}{}\n", name, fmt::join(values, " "));
}

double largest(const Tensor& a, const Tensor& b) {
  double d = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    d = std::max(d, static_cast<double>(std::abs(a.data()[i] - b.data()[i])));
  return d;
}

} // namespace

int main() {
  const Batch batch = five_sentences();
  const Lengths lengths = lengths_of(batch);
  const Indices block = pad_sequence(words_of(batch));
  //> pack
  const PackedIndices words = pack_padded_sequence(block, lengths, {.enforce_sorted = false});
  const PackedLayout& layout = *words.layout;
  //< pack
  fmt::print("Packed:\n");
  show("lengths", lengths);
  show("sorted_indices", layout.sorted_indices);
  show("unsorted_indices", layout.unsorted_indices);
  show("batch_sizes", layout.batch_sizes);
  show("begins", layout.begins);

  fmt::print("\nThe rows of each step:\n");
  for (std::size_t t = 0; t < layout.steps(); ++t) {
    fmt::print("  t = {}  rows {:>2} to {:>2} ", t, layout.begins[t], layout.begins[t + 1] - 1);
    for (std::size_t i = layout.begins[t]; i < layout.begins[t + 1]; ++i)
      fmt::print(" {}", word(words.data(i)));
    fmt::print("\n");
  }

  Rng rng(1);
  Network net({.words = vocabulary().size(), .width = 4, .hidden = 6, .labels = 14}, rng);
  const auto [states, h] = net.gru(net.embed(words));
  const Tensor right = one_by_one(net, batch).last.value();
  const Tensor last = reshaped(h.value(), {5, 6});
  const Tensor in_sorted_order = index_select(constant(last), 0, layout.sorted_indices).value();
  fmt::print("\nThe last states, against those of one by one:\n");
  fmt::print("  as the layer returns them       {:.4f}\n", largest(last, right));
  fmt::print("  in the order of packed rows     {:.4f}\n", largest(in_sorted_order, right));
  const Tensor back = index_select(constant(in_sorted_order), 0, layout.unsorted_indices).value();
  fmt::print("  that, by unsorted_indices       {:.4f}\n", largest(back, right));

  const PaddedSequence padded = pad_packed_sequence(states);
  fmt::print("\nPadded again:\n");
  fmt::print("  shape {}, lengths {}\n", to_string(padded.output.shape()),
             fmt::join(padded.lengths, " "));

  fmt::print("\nWithout enforce_sorted = false:\n");
  try {
    pack_padded_sequence(block, lengths);
  } catch (const ShapeError& e) {
    fmt::print("  {}\n", e.what());
  }
  keep("packing.dot", drawing(batch, words));
}

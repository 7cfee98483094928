// A first tape: four operations, what they recorded, and the way back one record at a time.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

// The gradients after each step, a column a step; a cell is filled once its number is final.
struct Film {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> columns;

  void shoot(const std::string& title, const std::vector<Var>& row) {
    titles.push_back(title);
    columns.emplace_back();
    for (const Var& v : row)
      columns.back().push_back(fmt::format("{:.4f}", v.has_grad() ? v.grad()() : 0));
  }

  std::string drawing(const std::vector<std::string>& names) const {
    std::string rows = "<tr><td border=\"0\"></td>";
    for (const std::string& title : titles) rows += "<td border=\"0\">" + title + "</td>";
    rows += "</tr>";
    for (std::size_t i = 0; i < names.size(); ++i) {
      rows += "<tr><td border=\"0\">" + names[i] + "</td>";
      for (const auto& column : columns)
        rows +=
            fmt::format("<td{}>{}</td>",
                        column[i] == columns.back()[i] ? " bgcolor=\"#000001\"" : "", column[i]);
      rows += "</tr>";
    }
    return "digraph film {\n  node [shape=plain];\n  film [label=<<table border=\"0\" "
           "cellborder=\"1\" cellspacing=\"0\" cellpadding=\"6\">" +
           rows + "</table>>];\n}\n";
  }
};

} // namespace

int main() {
  //> record
  Var x = variable(2, "x");
  Var y = variable(0.5, "y");

  Tape tape;
  Var p = x * y;
  Var s = tanh(p);
  Var q = s * x;
  Var z = p + q;
  //< record

  fmt::print("z = {:.4f}\n\nRecorded, in the order of execution:\n", z.item());
  tape.print();

  fmt::print("\nThe way back, one record at a time:\n");
  Film film;
  const std::vector<Var> row = {z, q, s, p, y, x};
  const auto show = [&](const std::string& step) {
    fmt::print("  {:<12}dz/dp = {:.4f}  dz/dx = {:.4f}  dz/dy = {:.4f}\n", step, p.grad()(),
               x.grad()(), y.grad()());
    film.shoot(step, row);
  };
  //> walk-back
  tape.begin_backward(z, Tensor(1));
  show("seed");
  for (std::ptrdiff_t i; (i = tape.step_back()) >= 0;)
    show(fmt::format("#{} {}", i, tape.line(static_cast<std::size_t>(i)).op));
  //< walk-back

  fmt::print("\nThe same tape, with the gradients that passed:\n");
  tape.print();

  keep("first_tape.dot", tape.to_dot());
  keep("film.dot", film.drawing({"z", "q", "s", "p", "y", "x"}));
}

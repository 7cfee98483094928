// The right numbers in the wrong place: another argument's, transposed, shifted, reversed.
#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "autograd/check/diagnosis/hypotheses.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

using Order = std::vector<std::size_t>; // entry i comes from entry order[i]
constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

Order same_order(const Shape& shape) {
  Order order(size_of(shape));
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

// Where every entry comes from, if from(index) is the index of the place that it comes from.
template <class From> Order order_by(const Shape& shape, From from) {
  Order order(size_of(shape));
  for (std::size_t flat = 0; flat < order.size(); ++flat) {
    std::vector<std::ptrdiff_t> index(shape.size());
    std::size_t rest = flat;
    for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
      index[axis] = static_cast<std::ptrdiff_t>(rest % shape[axis]);
    from(index);
    std::size_t source = 0;
    for (std::size_t axis = 0; axis < shape.size() && source != nowhere; ++axis)
      source = index[axis] < 0 || index[axis] >= static_cast<std::ptrdiff_t>(shape[axis])
                   ? nowhere
                   : source * shape[axis] + static_cast<std::size_t>(index[axis]);
    order[flat] = source;
  }
  return order;
}

Jacobian rearranged(const Jacobian& j, const Order& rows, const Order& columns) {
  return j.made_of([&](std::size_t r, std::size_t c) {
    const bool outside = rows[r] == nowhere || columns[c] == nowhere;
    return outside ? Jacobian::Source{0, 0, 0} : Jacobian::Source{rows[r], columns[c], 1};
  });
}

// Every way to transpose a tensor: two axes of one size exchanged ...
std::vector<Order> transpositions(const Shape& shape) {
  std::vector<Order> all;
  for (std::size_t p = 0; p < shape.size(); ++p)
    for (std::size_t q = p + 1; q < shape.size(); ++q)
      if (shape[p] == shape[q] && shape[p] > 1)
        all.push_back(order_by(shape, [&](auto& index) { std::swap(index[p], index[q]); }));
  return all;
}

// ... or a matrix whose memory is read column by column.
std::vector<Order> by_columns(const Shape& shape) {
  if (shape.size() != 2 || shape[0] == shape[1] || shape[0] < 2 || shape[1] < 2) return {};
  Order order(shape[0] * shape[1]), back(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i % shape[0] * shape[1] + i / shape[0];
    back[order[i]] = i;
  }
  return {order, back};
}

std::optional<Jacobian> flipped(const Jacobian& j) {
  if (j.rows != j.columns) return {};
  return j.made_of([](std::size_t r, std::size_t c) { return Jacobian::Source{c, r, 1}; });
}

// Whether one guess out of those that make(look) lists, the same at all points of a shape, explains
// every look.
template <class Make> bool any_explains(const Evidence& e, std::size_t a, Make make) {
  const Subject* shape = nullptr;
  std::vector<bool> left; // of the guesses at this shape, those that fit so far
  for (const Look& look : e.looks) {
    if (!look.wrong(a)) continue;
    const std::vector<Jacobian> guesses = make(look);
    if (look.subject != shape) left.assign(guesses.size(), true);
    shape = look.subject;
    for (std::size_t i = 0; i < guesses.size(); ++i) left[i] = left[i] && fits(look, a, guesses[i]);
    if (std::find(left.begin(), left.end(), true) == left.end()) return false;
  }
  return true;
}

} // namespace

//> arguments-swapped
Findings arguments_are_swapped(const Evidence& e, std::size_t a) {
  const std::size_t n = e.looks[0].point.size();
  for (std::size_t b = 0; b < n; ++b) {
    if (a == b) continue;
    const auto gets = [&](std::size_t one, std::size_t other) {
      return explains(e, one, [&](const Look& look) -> std::optional<Jacobian> {
        if (look.point[one].shape() != look.point[other].shape()) return {};
        return look.numeric[other];
      });
    };
    if (!gets(a, b)) continue;
    const std::string text =
        fmt::format("{} gets the gradient of {} in {}", e.name(a), e.name(b), all_entries(e, a));
    if (e.example(b).wrong(b) && gets(b, a))
      return {{fault::swapped, text + ", and the reverse", 1}};
    return {{fault::wrong_operand, text, 2}};
  }
  return {};
}
//< arguments-swapped

Findings is_transposed(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  const auto one_side = [&](const Look& look, auto ways) {
    std::vector<Jacobian> guesses;
    const Jacobian& j = look.numeric[a];
    const Order rows = same_order(j.output), columns = same_order(j.argument);
    for (const Order& order : ways(j.argument)) guesses.push_back(rearranged(j, rows, order));
    for (const Order& order : ways(j.output)) guesses.push_back(rearranged(j, order, columns));
    return guesses;
  };
  const auto square = [&](const Look& look) { return one_side(look, transpositions); };
  if (any_explains(e, a, square))
    return {
        {fault::transposed,
         "analytic is numeric transposed, in " + all_entries(e, a) + ": rows where columns belong",
         1}};
  const auto any = [&](const Look& look) {
    std::vector<Jacobian> guesses = one_side(look, transpositions);
    for (Jacobian& guess : one_side(look, by_columns)) guesses.push_back(std::move(guess));
    return guesses;
  };
  if (any_explains(e, a, any))
    return {{fault::transposed,
             "analytic is numeric with its memory read column by column, in " + all_entries(e, a),
             2}};
  const auto products = [&](const Look& look) {
    std::vector<Jacobian> guesses;
    const Jacobian& j = look.numeric[a];
    const auto flip = flipped(j);
    if (flip) guesses.push_back(*flip);
    for (const Order& rows : transpositions(j.output))
      for (const Order& columns : transpositions(j.argument)) {
        guesses.push_back(rearranged(j, rows, columns));
        if (flip) guesses.push_back(rearranged(*flip, rows, columns));
      }
    return guesses;
  };
  if (any_explains(e, a, products))
    return {{fault::transposed,
             "analytic is what the transposed Jacobian gives, in " + all_entries(e, a) +
                 ": a factor is not transposed, or stands on the wrong side",
             1}};
  return {};
}

// Every entry comes from its k-th neighbour along an axis, or from a diagonal neighbour.
Findings is_shifted(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  struct Shift {
    bool of_rows;
    std::vector<std::ptrdiff_t> by;
  };
  std::vector<Shift> shifts;
  for (bool of_rows : {false, true}) {
    const Jacobian& j = e.example(a).numeric[a];
    const Shape& shape = of_rows ? j.output : j.argument;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
      for (std::ptrdiff_t k = 1; k < static_cast<std::ptrdiff_t>(shape[axis]); ++k)
        for (std::ptrdiff_t sign : {-1, 1}) {
          shifts.push_back({of_rows, std::vector<std::ptrdiff_t>(shape.size(), 0)});
          shifts.back().by[axis] = sign * k;
          if (k > 1 || axis + 2 != shape.size()) continue;
          for (std::ptrdiff_t other : {-1, 1}) {
            shifts.push_back(shifts.back());
            shifts.back().by[axis + 1] = other;
          }
        }
  }
  for (const Shift& s : shifts) {
    bool wrapped = false;
    const auto order = [&](const Shape& shape) {
      return order_by(shape, [&](auto& index) {
        for (std::size_t i = 0; i < index.size() && i < s.by.size(); ++i) {
          index[i] += s.by[i];
          const auto n = static_cast<std::ptrdiff_t>(shape[i]);
          if (wrapped) index[i] = (index[i] + n) % n;
        }
      });
    };
    const auto guess = [&](const Look& look) -> std::optional<Jacobian> {
      const Jacobian& j = look.numeric[a];
      Jacobian moved = s.of_rows ? rearranged(j, order(j.output), same_order(j.argument))
                                 : rearranged(j, same_order(j.output), order(j.argument));
      if (wrapped) return moved;
      // What comes from outside is not known: it may be anything.
      const Order from = order(s.of_rows ? j.output : j.argument);
      std::size_t outside = 0;
      for (std::size_t r = 0; r < j.rows; ++r)
        for (std::size_t c = 0; c < j.columns; ++c)
          if (from[s.of_rows ? r : c] == nowhere) {
            moved.entries[r * j.columns + c] = look.analytic[a](r, c);
            ++outside;
          }
      if (2 * outside > j.rows * j.columns || moved.largest() == 0) return {};
      return moved;
    };
    for (bool wrap : {false, true}) {
      wrapped = wrap;
      if (!explains(e, a, guess)) continue;
      std::string by;
      bool in_time = true;
      for (std::size_t i = 0; i < s.by.size(); ++i)
        if (s.by[i] != 0) {
          by += fmt::format("{}{} along axis {}", by.empty() ? "" : " and ", std::abs(s.by[i]), i);
          in_time = in_time && i == 0;
        }
      const std::string what = s.of_rows ? "what arrives" : "analytic";
      const Finding found{in_time && e.is_sequence(a) ? fault::shifted : fault::wrong_entries,
                          fmt::format("{} is shifted by {}, in {}", what, by, all_entries(e, a)),
                          in_time && e.is_sequence(a) ? 2 : 3};
      return {found};
    }
  }
  return {};
}

Findings is_reversed(const Evidence& e, std::size_t a) {
  if (!e.whole(a)) return {};
  for (bool of_rows : {false, true}) {
    const Jacobian& first = e.looks[0].numeric[a];
    const std::size_t rank = (of_rows ? first.output : first.argument).size();
    for (unsigned axes = 1; axes < 1u << rank && rank <= 4; ++axes) {
      const auto guess = [&](const Look& look) -> std::optional<Jacobian> {
        const Jacobian& j = look.numeric[a];
        const Shape& shape = of_rows ? j.output : j.argument;
        const Order order = order_by(shape, [&](auto& index) {
          for (std::size_t i = 0; i < index.size(); ++i)
            if (axes >> i & 1) index[i] = static_cast<std::ptrdiff_t>(shape[i]) - 1 - index[i];
        });
        return of_rows ? rearranged(j, order, same_order(j.argument))
                       : rearranged(j, same_order(j.output), order);
      };
      if (explains(e, a, guess))
        return {{fault::wrong_entries,
                 fmt::format("{} is reversed, last entry first, in {}",
                             of_rows ? "what arrives" : "analytic", all_entries(e, a)),
                 2}};
    }
  }
  return {};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis

#include "autograd/check/diagnosis/formula.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/thresholds.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {
namespace {

// What may be done to a tensor, in the order in which it is tried.
struct Pattern {
  int cost; // as Formula's
  const char* text;
  double (*of)(double u, double mean);
};
constexpr Pattern forms[] = {
    {2, "{}", [](double u, double) { return u; }},
    {3, "(1 - {})", [](double u, double) { return 1 - u; }},
    {3, "(1 + {})", [](double u, double) { return 1 + u; }},
    {3, "{}^2", [](double u, double) { return u * u; }},
    {3, "(1 - {}^2)", [](double u, double) { return 1 - u * u; }},
    {3, "({0} - its mean)", [](double u, double mean) { return u - mean; }},
    {3, "the sign of {}", [](double u, double) { return u > 0   ? 1.0
                                                        : u < 0 ? -1.0
                                                                : 0.0; }},
    {4, "exp({})", [](double u, double) { return std::exp(u); }},
    {4, "sigmoid({})", [](double u, double) { return 1 / (1 + std::exp(-u)); }},
    {4, "(1 - sigmoid({}))", [](double u, double) { return 1 / (1 + std::exp(u)); }},
    {4, "the slope of sigmoid({})",
     [](double u, double) { return 1 / ((1 + std::exp(u)) * (1 + std::exp(-u))); }},
    {3, "{0} (1 - {0})", [](double u, double) { return u * (1 - u); }},
    {4, "tanh({})", [](double u, double) { return std::tanh(u); }},
    {4, "(1 - tanh({})^2)", [](double u, double) { return 1 - std::pow(std::tanh(u), 2); }},
    {4, "the logarithm of |{}|", [](double u, double) { return std::log(std::abs(u)); }},
    {4, "the root of |{}|", [](double u, double) { return std::sqrt(std::abs(u)); }},
    {4, "(1 + |{}|)", [](double u, double) { return 1 + std::abs(u); }},
    {4, "(1 + {}^2)", [](double u, double) { return 1 + u * u; }},
    {4, "sin({})", [](double u, double) { return std::sin(u); }},
    {4, "cos({})", [](double u, double) { return std::cos(u); }},
    {4, "exp(-{}^2 / 2)", [](double u, double) { return std::exp(-u * u / 2); }},
};

// A term's value at every sample.
struct Term {
  std::size_t tensor;
  std::size_t form;
  std::string text;
  std::vector<double> values;
};

// Where entry `flat` of a tensor of shape `big` finds its number in one that broadcasts to it.
std::optional<std::size_t> broadcast_index(std::size_t flat, const Shape& big, const Shape& small) {
  if (small.size() > big.size()) return {};
  std::size_t index = 0, stride = 1;
  for (std::size_t i = 1; i <= big.size(); ++i) {
    const std::size_t n = big[big.size() - i], at = flat % n;
    flat /= n;
    if (i > small.size()) continue;
    const std::size_t m = small[small.size() - i];
    if (m != n && m != 1) return {};
    if (m == n) index += at * stride;
    stride *= m;
  }
  return index;
}

double mean_of(const Tensor& x) {
  double total = 0;
  for (real v : x.storage()) total += static_cast<double>(v);
  return total / static_cast<double>(x.size());
}

// Known tensor t, looked up by the output's entry or by the argument's, at every sample.
std::optional<std::vector<double>> raw(const std::vector<Clues>& samples, std::size_t t,
                                       bool by_row) {
  std::vector<double> values;
  for (const Clues& s : samples) {
    const Tensor& x = s.look->known[t];
    const Shape& big = by_row ? s.look->output.shape() : s.look->point[s.argument].shape();
    for (const Clue& sample : s.list) {
      const auto i = broadcast_index(by_row ? sample.row : sample.column, big, x.shape());
      if (!i) return {};
      values.push_back(static_cast<double>(x.data()[*i]));
    }
  }
  return values;
}

std::vector<Term> all_terms(const std::vector<Clues>& samples) {
  std::vector<Term> terms;
  const Look& first = *samples[0].look;
  for (const Pattern& form : forms)
    for (std::size_t t = 0; t < first.known.size(); ++t)
      for (bool by_row : {true, false}) {
        if (std::any_of(samples.begin(), samples.end(),
                        [&](const Clues& s) { return t >= s.look->known.size(); }))
          continue;
        auto values = raw(samples, t, by_row);
        if (!values) continue;
        std::size_t i = 0;
        for (const Clues& s : samples) {
          const double mean = mean_of(s.look->known[t]);
          for (std::size_t k = 0; k < s.list.size(); ++k, ++i)
            (*values)[i] = form.of((*values)[i], mean);
        }
        const bool constant = std::all_of(values->begin(), values->end(),
                                          [&](double v) { return v == (*values)[0]; });
        if (constant) continue;
        terms.push_back({t, static_cast<std::size_t>(&form - forms),
                         fmt::format(fmt::runtime(form.text), first.known_names[t]),
                         std::move(*values)});
      }
  return terms;
}

// The k of sample = k value(i) for every i of one shape; that of the first shape is returned.
template <class Value>
std::optional<double> one_factor(const std::vector<Clues>& samples, Value value) {
  double first = 0, k = 0;
  const Subject* shape = nullptr;
  std::size_t at = 0;
  for (const Clues& s : samples) {
    if (s.look->subject != shape) k = 0;
    shape = s.look->subject;
    for (std::size_t i = 0; i < s.list.size() && k == 0; ++i)
      if (std::abs(value(at + i)) > 1e-3) k = s.list[i].value / value(at + i);
    if (first == 0) first = k;
    for (const Clue& x : s.list) {
      const double y = value(at++);
      if (!(std::abs(x.value - k * y) <= x.error + limit::same_formula * std::abs(x.value)))
        return {};
    }
  }
  return first;
}

} // namespace

std::string Formula::text() const {
  std::string s = numerator.empty() ? "1" : numerator;
  if (factor < 0) s = "-" + s;
  const double k = std::abs(factor);
  if (std::abs(k - 1) > 1e-5)
    s = fmt::format("{:.4g} x {}", factor, numerator.empty() ? "1" : numerator);
  return denominator.empty() ? s : s + " / " + denominator;
}

std::optional<Formula> recognise(const std::vector<Clues>& samples, bool quotients) {
  std::vector<Clue> all;
  for (const Clues& s : samples) all.insert(all.end(), s.list.begin(), s.list.end());
  if (all.size() < 4) return {};
  if (std::all_of(all.begin(), all.end(), [&](const Clue& s) {
        return std::abs(s.value - all[0].value) <= limit::same_constant * std::abs(all[0].value);
      }))
    return {};
  const std::vector<Term> terms = all_terms(samples);
  for (const Term& t : terms) {
    if (const auto k = one_factor(samples, [&](std::size_t i) { return t.values[i]; }))
      return Formula{.numerator = t.text, .factor = *k, .cost = forms[t.form].cost};
    if (const auto k = one_factor(samples, [&](std::size_t i) { return 1 / t.values[i]; }))
      return Formula{.denominator = t.text, .factor = *k, .cost = forms[t.form].cost};
  }
  if (all.size() >= 8) // of so many pairs, one might fit a few samples by chance
    for (const Term& t : terms)
      for (const Term& u : terms)
        if (&u > &t)
          if (const auto k =
                  one_factor(samples, [&](std::size_t i) { return t.values[i] * u.values[i]; }))
            return Formula{.numerator = t.text + " x " + u.text, .factor = *k, .cost = 4};
  if (!quotients) return {};
  for (const Term& t : terms)
    for (const Term& u : terms) {
      const auto k = one_factor(samples, [&](std::size_t i) { return t.values[i] / u.values[i]; });
      if (!k) continue;
      const auto is_output = [&](const Term& term) {
        return samples[0].look->known_names[term.tensor] == "the output";
      };
      return Formula{.numerator = t.text,
                     .denominator = u.text,
                     .factor = *k,
                     .exchanged = t.form == u.form && t.tensor != u.tensor,
                     .with_output = is_output(t) || is_output(u)};
    }
  return {};
}

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis

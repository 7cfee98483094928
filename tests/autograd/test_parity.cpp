// Every operator against PyTorch: values and gradients (tests/fixtures/make_operators.py).
#include <fstream>
#include <functional>
#include <map>

#include <nlohmann/json.hpp>

#include "check.hpp"

using namespace tapestry;
using nlohmann::json;

namespace {

// Sums run in another order than PyTorch's: some ten roundings beside the largest entry.
constexpr double tolerance = sizeof(real) == 8 ? 1e-12 : 1e-5;
// In float, what cancels to less than 1 (the tail of 1 - tanh^2, a sum of numbers around 0) is
// compared with the 1 it came from.
constexpr double scale = sizeof(real) == 8 ? 0 : 1;

Shape shape_of(const json& j) {
  const auto sizes = j.get<std::vector<std::size_t>>();
  return Shape(sizes.begin(), sizes.end());
}

Tensor tensor_of(const json& j) {
  std::vector<double> numbers;
  for (const json& x : j["data"])
    numbers.push_back(x.is_string() ? std::stod(x.get<std::string>()) : x.get<double>());
  return tensor(shape_of(j["shape"]), numbers);
}

// Within the tolerance, and NaN or infinite at the same places.
bool agree(Tensor a, Tensor b) {
  if (a.shape() != b.shape()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    real &x = a.data()[i], &y = b.data()[i];
    if (std::isfinite(y)) continue;
    if (!(x == y || (std::isnan(x) && std::isnan(y)))) return false;
    x = y = 0;
  }
  return distance(a, b, scale) <= tolerance;
}

std::string text(const Tensor& x) {
  std::string t;
  for (real v : x.storage()) t += std::to_string(v) + " ";
  return t;
}

Indices ids_of(const json& j) {
  Indices ids = Indices::from_shape(shape_of(j["shape"]));
  for (std::size_t i = 0; i < ids.size(); ++i) ids.data()[i] = j["data"][i];
  return ids;
}

using Inputs = std::vector<Var>;
using Operator = std::function<Var(const Inputs&, const json& args, const json& ids)>;

Operator one(Var (*f)(const Operand&)) {
  return [f](const Inputs& x, const json&, const json&) { return f(x[0]); };
}
Operator two(Var (*f)(const Operand&, const Operand&)) {
  return [f](const Inputs& x, const json&, const json&) { return f(x[0], x[1]); };
}
Operator reduction(Var (*f)(const Operand&, const Axes&, bool)) {
  return [f](const Inputs& x, const json& a, const json&) {
    return f(x[0], a["axes"].get<Axes>(), a["keepdims"]);
  };
}

const std::map<std::string, Operator> operators{
    {"+", two(operator+)},
    {"-", two(operator-)},
    {"*", two(operator*)},
    {"/", two(operator/)},
    {"negate", one(operator-)},
    {"maximum", two(maximum)},
    {"minimum", two(minimum)},
    {"exp", one(exp)},
    {"log", one(log)},
    {"tanh", one(tanh)},
    {"sigmoid", one(sigmoid)},
    {"square", one(square)},
    {"sqrt", one(sqrt)},
    {"softplus", one(softplus)},
    {"relu", one(relu)},
    {"abs", one(abs)},
    {"pow", [](auto& x, auto& a, auto&) { return pow(x[0], a["exponent"]); }},
    {"clamp", [](auto& x, auto& a, auto&) { return clamp(x[0], a["low"], a["high"]); }},
    {"matmul", two(matmul)},
    {"linear", [](auto& x, auto&,
                  auto&) { return x.size() == 2 ? linear(x[0], x[1]) : linear(x[0], x[1], x[2]); }},
    {"sum", reduction(sum)},
    {"mean", reduction(mean)},
    {"max", reduction(max)},
    {"min", reduction(min)},
    {"logsumexp", reduction(logsumexp)},
    {"var",
     [](auto& x, auto& a, auto&) {
       return var(x[0], a["axes"].template get<Axes>(), a["keepdims"], a["correction"]);
     }},
    {"reshape", [](auto& x, auto& a, auto&) { return reshape(x[0], shape_of(a["shape"])); }},
    {"transpose",
     [](auto& x, auto& a, auto&) { return transpose(x[0], a["order"].template get<Axes>()); }},
    {"broadcast_to",
     [](auto& x, auto& a, auto&) { return broadcast_to(x[0], shape_of(a["shape"])); }},
    {"slice", [](auto& x, auto& a, auto&) { return slice(x[0], a["axis"], a["begin"], a["end"]); }},
    {"select", [](auto& x, auto& a, auto&) { return select(x[0], a["axis"], a["index"]); }},
    {"concatenate", [](auto& x, auto& a, auto&) { return concatenate(x, a["axis"]); }},
    {"stack", [](auto& x, auto& a, auto&) { return stack(x, a.value("axis", 0)); }},
    {"split",
     [](auto& x, auto& a, auto&) {
       const auto sizes = a["sizes"].template get<std::vector<std::size_t>>();
       Var total = constant(zeros({}));
       double weight = 0;
       for (const Var& part : split(x[0], sizes, a["axis"].template get<int>()))
         total = total + ++weight * square(sum(part));
       return total;
     }},
    {"cumsum", [](auto& x, auto& a, auto&) { return cumsum(x[0], a["axis"]); }},
    {"where", [](auto& x, auto&, auto& ids) { return where(ids_of(ids), x[0], x[1]); }},
    {"gather", [](auto& x, auto& a, auto& ids) { return gather(x[0], a["axis"], ids_of(ids)); }},
    {"layer_norm",
     [](auto& x, auto& a, auto&) { return layer_norm(x[0], x[1], x[2], a["eps"]); }},
    {"embedding", [](auto& x, auto&, auto& ids) { return embedding(x[0], ids_of(ids)); }},
    {"softmax", [](auto& x, auto& a, auto&) { return softmax(x[0], a.value("axis", -1)); }},
    {"log_softmax", [](auto& x, auto& a, auto&) { return log_softmax(x[0], a.value("axis", -1)); }},
    {"masked softmax", [](auto& x, auto&, auto& ids) { return softmax(x[0], ids_of(ids)); }},
    {"masked log_softmax", [](auto& x, auto&, auto& ids) { return log_softmax(x[0], ids_of(ids)); }},
    {"cross_entropy",
     [](auto& x, auto& a, auto& ids) {
       return cross_entropy(
           x[0], ids_of(ids),
           {.ignore_index = a["ignore_index"], .label_smoothing = a["label_smoothing"]});
     }},
    {"binary_cross_entropy", two(binary_cross_entropy)},
    {"mse_loss", two(mse_loss)},
};

} // namespace

BOOST_AUTO_TEST_SUITE(parity)

BOOST_AUTO_TEST_CASE(operators_agree_with_pytorch) {
  std::ifstream file(TAPESTRY_OPERATORS);
  BOOST_REQUIRE_MESSAGE(file, "cannot read " TAPESTRY_OPERATORS);
  const json cases = json::parse(file);
  std::map<std::string, int> seen;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const json& c = cases[i];
    const std::string op = c["op"];
    BOOST_TEST_CONTEXT("case " << i << ", " << op << " " << c["args"]) {
      BOOST_REQUIRE(operators.count(op) == 1);
      ++seen[op];
      Inputs inputs;
      for (const json& in : c["inputs"]) inputs.push_back(variable(tensor_of(in)));
      Tape tape;
      const Var y = operators.at(op)(inputs, c["args"], c["ids"]);
      const Tensor output = tensor_of(c["output"]);
      BOOST_CHECK_MESSAGE(agree(y.value(), output), text(y.value()) << " | " << text(output));
      tape.backward(y, tensor_of(c["seed"]));
      for (std::size_t k = 0; k < inputs.size(); ++k) {
        const Tensor &got = inputs[k].grad(), wanted = tensor_of(c["grads"][k]);
        BOOST_CHECK_MESSAGE(agree(got, wanted), text(got) << " | " << text(wanted));
      }
    }
  }
  BOOST_CHECK_EQUAL(seen.size(), operators.size()); // every operator has a case
}

BOOST_AUTO_TEST_SUITE_END()

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
  return tensor(shape_of(j["shape"]), j["data"].get<std::vector<double>>());
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
    {"exp", one(exp)},
    {"log", one(log)},
    {"tanh", one(tanh)},
    {"sigmoid", one(sigmoid)},
    {"square", one(square)},
    {"sqrt", one(sqrt)},
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
    {"stack", [](auto& x, auto&, auto&) { return stack(x); }},
    {"embedding", [](auto& x, auto&, auto& ids) { return embedding(x[0], ids_of(ids)); }},
    {"softmax", one(softmax)},
    {"log_softmax", one(log_softmax)},
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
      BOOST_CHECK_LE(distance(y.value(), tensor_of(c["output"]), scale), tolerance);
      tape.backward(y, tensor_of(c["seed"]));
      for (std::size_t k = 0; k < inputs.size(); ++k)
        BOOST_CHECK_LE(distance(inputs[k].grad(), tensor_of(c["grads"][k]), scale), tolerance);
    }
  }
  BOOST_CHECK_EQUAL(seen.size(), operators.size()); // every operator has a case
}

BOOST_AUTO_TEST_SUITE_END()

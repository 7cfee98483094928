// The losses of word embeddings and the fast step, in double: against PyTorch, against finite
// differences, and against each other.
#include <fstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/training/optimizer.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/counting/bag_classifier.hpp"
#include "text/embeddings/cbow.hpp"
#include "text/embeddings/embedding_step.hpp"

using namespace tapestry;
using nlohmann::json;
using tapestry::testing::message_of;
using Words = std::vector<std::vector<std::int32_t>>;

namespace {

// Sums of a few dozen products, in another order: they differ by far less than this.
constexpr double tolerance = 1e-12;

json fixture() {
  std::ifstream file(std::string(TAPESTRY_FIXTURES) + "/word_embeddings.json");
  return json::parse(file);
}

Tensor read_tensor(const json& rows) {
  Tensor x = Tensor::from_shape({rows.size(), rows[0].size()});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[i].size(); ++j) x(i, j) = rows[i][j].get<double>();
  return x;
}

Indices indices(const std::vector<std::vector<std::int32_t>>& rows) {
  Indices x = Indices::from_shape({rows.size(), rows[0].size()});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[i].size(); ++j) x(i, j) = rows[i][j];
  return x;
}

void compare_all(const std::string& what, const Tensor& a, const Tensor& b) {
  BOOST_REQUIRE(a.shape() == b.shape());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    most = std::max(most, std::abs(double{a.data()[i]} - double{b.data()[i]}));
  BOOST_TEST(most < tolerance, what << " differs by " << most);
}

SparseRows counted(const json& c) {
  SparseRows rows;
  rows.columns = 7;
  for (std::size_t i = 0; i < c["ids"].size(); ++i) {
    std::vector<real> values;
    for (const double v : c["values"][i]) values.push_back(static_cast<real>(v));
    rows.add_row(c["ids"][i].get<std::vector<std::int32_t>>(), values);
  }
  return rows;
}

struct Case {
  SparseRows contexts;
  Indices centres, targets, signs;
};

Case example() {
  const json f = fixture();
  Case c{context_rows(f["contexts"].get<Words>(), 7), Indices::from_shape({3}),
         indices(f["targets"].get<Words>()), indices(f["signs"].get<Words>())};
  for (std::size_t i = 0; i < 3; ++i) c.centres(i) = f["centres"][i].get<int>();
  return c;
}

} // namespace

BOOST_AUTO_TEST_SUITE(word_embeddings)

BOOST_AUTO_TEST_CASE(losses_are_pytorchs) {
  const json f = fixture();
  const Case c = example();
  for (const char* name : {"cbow_loss", "negative_sampling_loss"}) {
    const Parameter in("in", read_tensor(f[name]["in"])), out("out", read_tensor(f[name]["out"]));
    Tape tape;
    const Var loss = std::string(name) == "cbow_loss"
                         ? cbow_loss(c.contexts, c.centres, in, out)
                         : negative_sampling_loss(c.contexts, c.targets, c.signs, in, out);
    tape.backward(loss);
    BOOST_TEST(std::abs(double{loss.item()} - f[name]["loss"].get<double>()) < tolerance);
    compare_all(std::string(name) + ", in", in.grad(), read_tensor(f[name]["grad_in"]));
    compare_all(std::string(name) + ", out", out.grad(), read_tensor(f[name]["grad_out"]));
  }
}

BOOST_AUTO_TEST_CASE(a_sparse_product_is_pytorchs) {
  const json f = fixture()["sparse_matmul"];
  const SparseRows rows = counted(f);
  const Parameter table("table", read_tensor(f["table"]));
  Tape tape;
  const Var y = sparse_matmul(rows, table);
  compare_all("y", y.value(), read_tensor(f["y"]));
  tape.backward(y, read_tensor(f["seed"]));
  compare_all("the gradient", table.grad(), read_tensor(f["grad"]));
  const auto touched = table.touched_rows(); // what an optimiser may confine itself to
  BOOST_REQUIRE(touched.has_value());
  BOOST_TEST((std::vector<std::int32_t>(touched->begin(), touched->end()) ==
              std::vector<std::int32_t>{0, 3, 5, 6}));
}

BOOST_AUTO_TEST_CASE(gradients_are_those_of_finite_differences) {
  const Case c = example();
  Rng rng(3);
  const std::vector<GradcheckInput> tables{{normal({7, 4}, 0, 1, rng), "in"},
                                           {normal({7, 4}, 0, 1, rng), "out"}};
  const auto passes = [](const GradcheckReport& report) {
    BOOST_TEST(report.passed, report.text());
  };
  passes(gradcheck_all(
      [&](const std::vector<Var>& x) { return cbow_loss(c.contexts, c.centres, x[0], x[1]); },
      tables));
  passes(gradcheck_all(
      [&](const std::vector<Var>& x) {
        return negative_sampling_loss(c.contexts, c.targets, c.signs, x[0], x[1]);
      },
      tables));
  const SparseRows rows = counted(fixture()["sparse_matmul"]);
  passes(gradcheck_all([&](const std::vector<Var>& x) { return sparse_matmul(rows, x[0]); },
                       {tables[0]}));
}

BOOST_AUTO_TEST_CASE(the_fast_step_takes_the_tapes_gradient) {
  Rng rng(5);
  for (const std::size_t dim : {1u, 3u, 8u, 37u, 100u}) { // below, at and above a register's width
    const std::size_t words = 40, n = 25;
    const Tensor in = normal({words, dim}, 0, 1, rng), out = normal({words, dim}, 0, 1, rng);
    // Contexts and targets of many sizes, with words that come twice, in one and in many examples.
    Words contexts;
    EmbeddingExamples examples;
    Indices targets = Indices::from_shape({n, 9}), signs = targets;
    for (std::size_t i = 0; i < n; ++i) {
      contexts.emplace_back(1 + rng.below(6));
      for (std::int32_t& id : contexts.back()) id = static_cast<std::int32_t>(rng.below(words));
      examples.inputs.insert(examples.inputs.end(), contexts.back().begin(), contexts.back().end());
      examples.input_begins.push_back(examples.inputs.size());
      const std::size_t count = 1 + rng.below(9);
      for (std::size_t k = 0; k < 9; ++k) {
        targets(i, k) = static_cast<std::int32_t>(rng.below(words));
        signs(i, k) = k >= count ? 0 : rng.chance(0.5) ? 1 : -1;
        if (k >= count) continue;
        examples.targets.push_back(targets(i, k));
        examples.labels.push_back(signs(i, k) > 0 ? 1 : 0);
      }
      examples.target_begins.push_back(examples.targets.size());
    }
    const Parameter a("in", in), b("out", out);
    Tape tape;
    const Var loss =
        negative_sampling_loss(context_rows(contexts, words), targets, signs, a, b) * double(n);
    tape.backward(loss);
    const std::size_t before = thread_count();
    for (const std::size_t threads : {1u, 3u}) {
      set_thread_count(threads);
      EmbeddingTable fast_in(in), fast_out(out);
      EmbeddingStep step(fast_in, fast_out, InputGradient::shared);
      BOOST_TEST(std::abs(step(examples, 0.5) - double{loss.item()}) < 1e-9);
      Tensor want_in = in, want_out = out;
      for (std::size_t i = 0; i < in.size(); ++i) {
        want_in.data()[i] -= static_cast<real>(0.5) * a.grad().data()[i];
        want_out.data()[i] -= static_cast<real>(0.5) * b.grad().data()[i];
      }
      compare_all("in", fast_in.values(), want_in);
      compare_all("out", fast_out.values(), want_out);
    }
    set_thread_count(before);
  }
}

BOOST_AUTO_TEST_CASE(whole_and_shared_gradients_differ_by_the_number_of_words) {
  Rng rng(6);
  const Tensor in = normal({5, 3}, 0, 1, rng), out = normal({5, 3}, 0, 1, rng);
  EmbeddingExamples examples;
  examples.inputs = {0, 1, 4}, examples.input_begins = {0, 3};
  examples.targets = {2, 3}, examples.labels = {1, 0}, examples.target_begins = {0, 2};
  Tensor moved[2];
  for (const InputGradient kind : {InputGradient::shared, InputGradient::whole}) {
    EmbeddingTable a(in), b(out);
    EmbeddingStep(a, b, kind)(examples, 0.1);
    moved[kind == InputGradient::whole] = a.values();
  }
  for (std::size_t i = 0; i < in.size(); ++i)
    BOOST_TEST(std::abs(3 * (moved[0].data()[i] - in.data()[i]) -
                        (moved[1].data()[i] - in.data()[i])) < tolerance);
}

BOOST_AUTO_TEST_CASE(losses_refuse_what_does_not_fit) {
  const Case c = example();
  const Var table = constant(zeros({7, 3}));
  BOOST_TEST(message_of<std::invalid_argument>([] {
               context_rows({{1}, {}}, 3);
             }) == "context_rows: context 1 has no words");
  BOOST_TEST(message_of<std::invalid_argument>([] { context_rows({{3}}, 3); }) ==
             "SparseRows: there is no column 3; there are 3");
  BOOST_TEST(message_of<ShapeError>([&] {
               sparse_matmul(c.contexts, constant(zeros({6, 3})));
             }).find("expected a table of shape (7, D)") != std::string::npos);
  const Indices two = indices({{1, 2}, {3, 4}});
  BOOST_TEST(message_of<ShapeError>([&] {
               negative_sampling_loss(c.contexts, two, two, table, table);
             }).find("expected targets and signs of one shape (3, K)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bag_classifier_learns) {
  // Whoever has word 0 is of class 1.
  SparseRows rows;
  rows.columns = 4;
  Indices labels = Indices::from_shape({4});
  for (const std::vector<std::int32_t>& row : Words{{0, 1}, {1, 2}, {0, 3}, {2, 3}}) {
    labels(rows.rows()) = row[0] == 0;
    rows.add_row(row, std::vector<real>(row.size(), 1));
  }
  nn::BagClassifier model({.features = 4, .classes = 2});
  nn::Adam adam(model.parameters(), {.lr = 0.1});
  for (int step = 0; step < 50; ++step) {
    adam.zero_grad();
    Tape tape;
    tape.backward(cross_entropy(model(rows), labels));
    adam.step();
  }
  const Tensor scores = model(rows).value();
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST((scores(i, 1) > scores(i, 0)) == (labels(i) == 1));
}

BOOST_AUTO_TEST_SUITE_END()

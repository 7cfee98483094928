// A small network learns to tell six drawn forms apart. What do its features know of colours and
// numbers, which nobody has asked for? Beside them: pixels, and the same network untrained.
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/functions.hpp"
#include "drawings.hpp"
#include "keep.hpp"
#include "linear_probe.hpp"
#include "vision/networks/inverted_residual.hpp"
#include "vision/networks/picture_network.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t side = 32, train_size = 600, choose_size = 300, test_size = 600;

//> small-network
class SmallNetwork : public PictureNetwork {
public:
  explicit SmallNetwork(Rng& rng)
      : first_({.in_channels = 3, .out_channels = 16, .kernel_size = 3, .stride = 2}, rng),
        one_({.in_channels = 16, .out_channels = 24, .stride = 2, .expand_ratio = 3}, rng),
        two_({.in_channels = 24, .out_channels = 24, .expand_ratio = 3}, rng),
        three_({.in_channels = 24, .out_channels = 32, .stride = 2, .expand_ratio = 3}, rng),
        last_({.in_channels = 32, .out_channels = 96}, rng),
        classifier_({.in_features = 96, .out_features = task_classes[0]}, rng) {}

  Var grid(const Operand& x) override { return last_(three_(two_(one_(first_(x))))); }
  Var logits(const Operand& grid) override { return classifier_(picture_vectors(grid)); }
  //< small-network
  std::size_t features() const override { return 96; }
  std::size_t classes() const override { return task_classes[0]; }
  void visit(nn::Visitor& v) override {
    v("first", first_), v("one", one_), v("two", two_), v("three", three_), v("last", last_);
    v("classifier", classifier_);
  }

private:
  ConvNorm first_;
  InvertedResidual one_, two_, three_;
  ConvNorm last_;
  nn::Linear classifier_;
};

Var rows(const Tensor& pictures, std::size_t begin, std::size_t n) {
  const std::size_t size = 3 * side * side;
  Tensor some = Tensor::from_shape({n, 3, side, side});
  std::copy_n(pictures.data() + begin * size, some.size(), some.data());
  return constant(scaled(some, symmetric_scale));
}

// By their forms alone.
void pretrain(SmallNetwork& network, const Drawings& drawings) {
  constexpr std::size_t batch = 50, epochs = 8;
  const std::size_t steps = drawings.labels[0].size() / batch;
  nn::Adam adam(network.parameters(), {.lr = 3e-3});
  for (std::size_t step = 0; step < epochs * steps; ++step) {
    adam.lr = (3e-3 * (1 - static_cast<double>(step) / static_cast<double>(epochs * steps)));
    const std::size_t begin = step % steps * batch;
    Indices forms = Indices::from_shape({batch});
    for (std::size_t i = 0; i < batch; ++i) forms(i) = drawings.labels[0][begin + i];
    adam.zero_grad();
    Tape tape;
    tape.backward(cross_entropy(network(rows(drawings.pictures, begin, batch)), forms));
    adam.step();
  }
}

// The mean over the grid for each picture, (N, 96).
Tensor vectors_of(SmallNetwork& network, const Tensor& pictures) {
  network.eval();
  Tensor all = Tensor::from_shape({pictures.shape(0), network.features()});
  for (std::size_t begin = 0; begin < pictures.shape(0); begin += 100) {
    const Tensor some = picture_vectors(network.grid(rows(pictures, begin, 100))).value();
    std::copy_n(some.data(), some.size(), all.data() + begin * network.features());
  }
  return all;
}

struct Score {
  double probe, neighbour;
};

Score score(Tensor x, const std::vector<int>& labels, std::size_t classes) {
  standardise(x, train_size);
  const Labelled all{std::move(x), labels};
  const std::size_t middle = train_size + choose_size;
  const Labelled train = part_of(all, 0, train_size), choose = part_of(all, train_size, middle);
  const Labelled test = part_of(all, middle, middle + test_size);
  const auto nearest = nearest_rows(test.x, train.x, false);
  std::size_t right = 0;
  for (std::size_t i = 0; i < test_size; ++i) right += train.labels[nearest[i]] == test.labels[i];
  return {linear_probe(train, choose, test, classes),
          static_cast<double>(right) / static_cast<double>(test_size)};
}

// The share of the commonest class.
double commonest(const std::vector<int>& labels) {
  std::vector<std::size_t> counts(10);
  for (std::size_t i = labels.size() - test_size; i < labels.size(); ++i)
    ++counts[static_cast<std::size_t>(labels[i])];
  return static_cast<double>(*std::max_element(counts.begin(), counts.end())) /
         static_cast<double>(test_size);
}

} // namespace

int main() {
  const char* const names[] = {"pixels", "untrained network", "trained on forms"};
  double probe[3][3][3], neighbour[3][3][3], floor[3] = {}; // kind, task, seed
  for (std::size_t seed = 0; seed < 3; ++seed) {
    const Drawings to_learn = draw(2000, side, 10 * seed + 1);
    const Drawings drawings = draw(train_size + choose_size + test_size, side, 10 * seed + 2);
    Rng rng(seed + 1);
    SmallNetwork network(rng);
    std::vector<Tensor> kinds{
        reshaped(drawings.pictures, {drawings.pictures.shape(0), 3 * side * side}),
        vectors_of(network, drawings.pictures)};
    network.train();
    pretrain(network, to_learn);
    kinds.push_back(vectors_of(network, drawings.pictures));
    for (std::size_t task = 0; task < 3; ++task) {
      floor[task] += commonest(drawings.labels[task]) / 3;
      for (std::size_t kind = 0; kind < 3; ++kind) {
        const Score s = score(kinds[kind], drawings.labels[task], task_classes[task]);
        probe[kind][task][seed] = s.probe;
        neighbour[kind][task][seed] = s.neighbour;
      }
    }
  }
  nlohmann::json kept;
  const char* const keys[] = {"pixels", "untrained", "trained"};
  const auto table = [&](const char* title, const char* key, const auto& shares) {
    fmt::print("{}\n  {:<20}{:>14}{:>14}{:>14}\n", title, "right, %, 3 seeds", task_names[0],
               task_names[1], task_names[2]);
    fmt::print("  {:<20}", "commonest class");
    for (const double share : floor) fmt::print("{:>14.0f}", 100 * share);
    fmt::print("\n");
    for (std::size_t kind = 0; kind < 3; ++kind) {
      fmt::print("  {:<20}", names[kind]);
      for (std::size_t task = 0; task < 3; ++task) {
        const auto [least, most] = std::minmax_element(shares[kind][task], shares[kind][task] + 3);
        fmt::print("{:>14}", fmt::format("{:.0f} to {:.0f}", 100 * *least, 100 * *most));
        kept[key][keys[kind]][task_names[task]] = {{"least", std::nearbyint(100 * *least)},
                                                   {"most", std::nearbyint(100 * *most)}};
      }
      fmt::print("\n");
    }
    fmt::print("\n");
  };
  table("A linear probe", "probe", probe);
  table("The nearest neighbour", "neighbour", neighbour);
  keep("drawn.json", kept.dump(1) + "\n");
}

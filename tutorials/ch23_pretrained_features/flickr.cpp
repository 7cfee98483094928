// What MobileNetV2's vectors know of the photographs of Flickr8k, whose captions it has never seen:
// neighbours, and a linear probe for words.
//
// It reads the folder `flickr8k` of the one that TAPESTRY_DATA names. If the variable
// TAPESTRY_PHOTOS names a folder with the photographs, it computes some of the vectors once more,
// with the weights in `mobilenet_v2`, and compares; and it does everything with pixels as well.
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/reduce.hpp"
#include "keep.hpp"
#include "linear_probe.hpp"
#include "nn/training/schedule.hpp"
#include "program.hpp"
#include "real_data.hpp"
#include "text/corpora/caption_corpus.hpp"
#include "vision/captioning/picture_vectors.hpp"
#include "vision/images/image.hpp"
#include "vision/networks/pretrained.hpp"

using namespace tapestry;

namespace {

const std::vector<std::string> asked{"dog",  "snow",   "water", "beach",  "bike", "ball",
                                     "girl", "people", "red",   "yellow", "two",  "smiling"};

// The words of a picture's captions, and in how many of the five each stands.
using Counts = std::map<std::string, int>;

Counts words_of(const std::vector<std::string>& captions) {
  Counts counts;
  for (const std::string& caption : captions) {
    std::string text = caption;
    for (char& c : text)
      c = std::isalpha(static_cast<unsigned char>(c)) ? static_cast<char>(std::tolower(c)) : ' ';
    std::istringstream in(text);
    std::set<std::string> met;
    for (std::string word; in >> word;)
      if (met.insert(word).second) ++counts[word];
  }
  return counts;
}

// Words that both have, of those that one of them has; `common` ones do not count.
double overlap(const Counts& a, const Counts& b, const std::set<std::string>& common) {
  std::size_t both = 0, one = 0;
  for (const auto& [word, n] : a)
    if (!common.contains(word)) ++one, both += b.contains(word);
  for (const auto& [word, n] : b) one += !common.contains(word) && !a.contains(word);
  return one == 0 ? 0 : static_cast<double>(both) / static_cast<double>(one);
}

struct Photos {
  std::vector<std::size_t> train, dev, test; // rows of the vectors
  std::vector<Counts> words;                 // of each row
  std::set<std::string> common;              // in the captions of one training picture of ten
};

Tensor rows_of(const Tensor& x, const std::vector<std::size_t>& which) {
  const std::size_t d = x.shape(1);
  Tensor rows = Tensor::from_shape({which.size(), d});
  for (std::size_t i = 0; i < which.size(); ++i)
    std::copy_n(x.data() + which[i] * d, d, rows.data() + i * d);
  return rows;
}

// 1: two captions or more have the word; 0: none has it; -1: one, which may be a matter of taste.
int label_of(const Counts& words, const std::string& word) {
  const auto found = words.find(word);
  return found == words.end() ? 0 : found->second >= 2 ? 1 : -1;
}

// The chance that a picture with the word scores higher than one without it; of equal scores half.
double auc(const Tensor& scores, std::size_t column, const std::vector<int>& labels) {
  std::vector<std::pair<real, int>> all;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] >= 0) all.emplace_back(scores(i, column), labels[i]);
  double won = 0, pairs = 0;
  for (const auto& [with, one] : all)
    for (const auto& [without, other] : all)
      if (one == 1 && other == 0) won += with > without ? 1 : with == without ? 0.5 : 0, ++pairs;
  return pairs > 0 ? won / pairs : 0.5;
}

struct WordProbe {
  std::vector<double> auc; // of each word, on test
  double decay = 0;        // that dev chose
};

// One logistic regression a word. How strongly large weights are punished, dev's mean chooses.
WordProbe word_probe(const Tensor& vectors, const Photos& photos) {
  const std::size_t n = photos.train.size(), count = asked.size();
  std::vector<std::size_t> rows = photos.train;
  rows.insert(rows.end(), photos.dev.begin(), photos.dev.end());
  rows.insert(rows.end(), photos.test.begin(), photos.test.end());
  Tensor x = rows_of(vectors, rows);
  standardise(x, n);
  const auto labels = [&](const std::vector<std::size_t>& of, const std::string& word) {
    std::vector<int> all;
    for (const std::size_t row : of) all.push_back(label_of(photos.words[row], word));
    return all;
  };
  Tensor target = zeros({n, count}), weight = zeros({n, count});
  double known = 0;
  for (std::size_t j = 0; j < count; ++j) {
    const std::vector<int> all = labels(photos.train, asked[j]);
    for (std::size_t i = 0; i < n; ++i) {
      target(i, j) = static_cast<real>(all[i] == 1);
      weight(i, j) = static_cast<real>(all[i] >= 0);
      known += all[i] >= 0;
    }
  }
  const auto part = [&](std::size_t begin, std::size_t size) {
    std::vector<std::size_t> which(size);
    std::iota(which.begin(), which.end(), begin);
    return constant(rows_of(x, which));
  };
  const Var train = part(0, n), dev = part(n, photos.dev.size()),
            test = part(n + photos.dev.size(), photos.test.size()), wanted = constant(target);
  double best = -1;
  WordProbe result;
  constexpr int steps = 200;
  for (const double decay : {1e-4, 1e-3, 1e-2, 3e-2, 1e-1, 1.0}) {
    Rng rng(1);
    nn::Linear probe({.in_features = x.shape(1), .out_features = count}, rng);
    nn::Adam adam(
        {{.parameters = {probe.weight}, .weight_decay = decay}, {.parameters = {probe.bias}}},
        {.lr = 0.01});
    const nn::Schedule rate = nn::cosine_schedule(steps);
    for (int step = 0; step < steps; ++step) {
      adam.zero_grad();
      adam.lr = 0.01 * rate(static_cast<std::size_t>(step));
      Tape tape;
      const Var scores = probe(train); // (N, words); softplus(s) - t s is the cross-entropy
      tape.backward(sum((softplus(scores) - wanted * scores) * constant(weight)) * (1 / known));
      adam.step();
    }
    double mean = 0;
    const Tensor at_dev = probe(dev).value();
    for (std::size_t j = 0; j < count; ++j) mean += auc(at_dev, j, labels(photos.dev, asked[j]));
    if (mean <= best) continue;
    best = mean;
    result = {{}, decay};
    const Tensor at_test = probe(test).value();
    for (std::size_t j = 0; j < count; ++j)
      result.auc.push_back(auc(at_test, j, labels(photos.test, asked[j])));
  }
  return result;
}

double neighbour_overlap(const Tensor& x, const Photos& photos) {
  const auto nearest = nearest_rows(rows_of(x, photos.test), rows_of(x, photos.train), false);
  double sum = 0;
  for (std::size_t i = 0; i < nearest.size(); ++i)
    sum += overlap(photos.words[photos.test[i]], photos.words[photos.train[nearest[i]]],
                   photos.common);
  return sum / static_cast<double>(nearest.size());
}

double random_overlap(const Photos& photos) {
  Rng rng(1);
  constexpr int partners = 100;
  double sum = 0;
  for (const std::size_t row : photos.test)
    for (int i = 0; i < partners; ++i)
      sum += overlap(photos.words[row], photos.words[rng.pick(photos.train)], photos.common);
  return sum / (partners * static_cast<double>(photos.test.size()));
}

// Every photograph at 16 x 16 pixels, (N, 768).
Tensor thumbnails(const std::string& folder, const std::vector<std::string>& names) {
  Tensor all = Tensor::from_shape({names.size(), 768});
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Tensor small = read_square(folder + "/" + names[i], 16);
    std::copy_n(small.data(), small.size(), all.data() + i * small.size());
  }
  return all;
}

void look(const std::string& folder, const char* pictures) {
  const std::vector<std::string> names = read_split(folder + "features_ids.txt");
  const Tensor vectors = PictureVectors::read(folder).of(names);
  std::map<std::string, std::size_t> row_of;
  for (std::size_t i = 0; i < names.size(); ++i) row_of[names[i]] = i;

  Photos photos;
  photos.words.resize(names.size());
  for (const CaptionedImage& image : read_caption_file(folder + "Flickr8k.token.txt"))
    if (row_of.contains(image.name)) photos.words[row_of[image.name]] = words_of(image.captions);
  const auto rows_in = [&](const char* list) {
    std::vector<std::size_t> rows;
    for (const std::string& name : read_split(folder + list)) {
      if (!row_of.contains(name))
        throw FormatError(fmt::format("{}{}: no vector of {}", folder, list, name));
      rows.push_back(row_of[name]);
    }
    return rows;
  };
  photos.train = rows_in("Flickr_8k.trainImages.txt");
  photos.dev = rows_in("Flickr_8k.devImages.txt");
  photos.test = rows_in("Flickr_8k.testImages.txt");
  std::map<std::string, std::size_t> pictures_with;
  for (const std::size_t row : photos.train)
    for (const auto& [word, n] : photos.words[row]) ++pictures_with[word];
  for (const auto& [word, n] : pictures_with)
    if (10 * n > photos.train.size()) photos.common.insert(word);

  std::vector<std::pair<std::string, Tensor>> kinds{{"vectors", vectors}};
  nlohmann::json kept;
  if (pictures) {
    const Pretrained model = load_pretrained(*real_data("mobilenet_v2/mobilenet_v2.safetensors"));
    double sum = 0, worst = 1;
    std::size_t compared = 0;
    for (std::size_t i = 0; i < names.size(); i += 40, ++compared) {
      const Tensor picture =
          scaled(read_square(fmt::format("{}/{}", pictures, names[i]), 224), model.scale);
      const Tensor own =
          picture_vectors(model.network->grid(constant(reshaped(picture, {1, 3, 224, 224}))))
              .value();
      double ab = 0, aa = 0, bb = 0;
      for (std::size_t j = 0; j < 1280; ++j) {
        const double a{own(0, j)}, b{vectors(i, j)};
        ab += a * b, aa += a * a, bb += b * b;
      }
      sum += ab / std::sqrt(aa * bb);
      worst = std::min(worst, ab / std::sqrt(aa * bb));
    }
    fmt::print("Vectors that we compute from photographs, against those of the file:\n  {} "
               "photographs, cosine {:.3f} on average, {:.3f} at worst\n\n",
               compared, sum / static_cast<double>(compared), worst);
    kinds.insert(kinds.begin(), {"16 x 16 pixels", thumbnails(pictures, names)});
  }
  fmt::print("Words that the captions of two photographs share, %\n  {:<32}{:>8.1f}\n",
             "any other photograph", 100 * random_overlap(photos));
  kept["random"] = 100 * random_overlap(photos);
  for (const auto& [name, x] : kinds) {
    const double share = neighbour_overlap(x, photos);
    fmt::print("  {:<32}{:>8.1f}\n", "the nearest by " + name, 100 * share);
    kept["nearest"][name] = 100 * share;
  }
  fmt::print(
      "\nA linear probe for words: how often the right one of two photographs scores higher, "
      "%\n  {:<12}{:>10}",
      "", "guess");
  for (const auto& kind : kinds) fmt::print("{:>18}", kind.first);
  fmt::print("\n");
  std::vector<WordProbe> probes;
  for (const auto& kind : kinds) probes.push_back(word_probe(kind.second, photos));
  for (std::size_t j = 0; j < asked.size(); ++j) {
    fmt::print("  {:<12}{:>10}", asked[j], 50);
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      fmt::print("{:>18.0f}", 100 * probes[kind].auc[j]);
      kept["probe"][kinds[kind].first][asked[j]] = 100 * probes[kind].auc[j];
    }
    fmt::print("\n");
  }
  fmt::print("  {:<12}{:>10}", "decay", "");
  for (const WordProbe& probe : probes) fmt::print("{:>18}", probe.decay);
  fmt::print("\n");
  keep("flickr.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("What MobileNetV2's vectors know of photographs.", "flickr");
  return run_program(app, argc, argv, [] {
    if (const auto folder = real_data("flickr8k/")) look(*folder, std::getenv("TAPESTRY_PHOTOS"));
  });
}

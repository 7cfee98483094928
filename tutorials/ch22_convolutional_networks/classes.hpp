// Pictures in classes, as a network of stages takes them, and how many it gets right.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/operators/choice.hpp"
#include "vision/datasets/image_batch.hpp"
#include "vision/images/transforms.hpp"
#include "vision/networks/cnn.hpp"

namespace tapestry {

struct PictureTask {
  const char* name;                                   // of the program and of its checkpoint
  const char* folder;                                 // below TAPESTRY_DATA
  LabelledImages (*read)(const std::string&, Subset); // reads the folder
  std::vector<std::size_t> channels;                  // of the network's stages
  std::size_t shift;                                  // a training picture moves so far at most
  bool mirror;                                        // and is mirrored half of the time
};

inline std::vector<std::size_t> numbers_between(std::size_t begin, std::size_t end) {
  std::vector<std::size_t> numbers;
  for (std::size_t i = begin; i < end; ++i) numbers.push_back(i);
  return numbers;
}

/// Each channel's mean and deviation over all pixels, as normalize takes them.
struct ChannelScale {
  std::vector<double> mean, deviation;

  explicit ChannelScale(const LabelledImages& images) {
    const std::size_t plane = images.height * images.width;
    for (std::size_t c = 0; c < images.channels; ++c) {
      double sum = 0, squares = 0;
      for (std::size_t i = 0; i < images.size(); ++i)
        for (std::size_t k = 0; k < plane; ++k) {
          const double level = images.image(i)[c * plane + k] / 255.0;
          sum += level, squares += level * level;
        }
      const auto n = static_cast<double>(images.size() * plane);
      mean.push_back(sum / n);
      deviation.push_back(std::sqrt(squares / n - sum / n * (sum / n)) + 1e-6);
    }
  }
};

/// The pictures of these numbers, (B, C, H, W), normalised; with an `rng` each is moved, and
/// mirrored where the task allows it.
inline Var pictures_of(const LabelledImages& images, const std::vector<std::size_t>& numbers,
                       const ChannelScale& scale, const PictureTask& task, Rng* rng = nullptr) {
  Tensor batch = Tensor::from_shape({numbers.size(), images.channels, images.height, images.width});
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Tensor x = image_tensor(images, numbers[i]);
    if (rng) x = random_crop(x, images.height, images.width, task.shift, *rng);
    if (rng && task.mirror) x = random_horizontal_flip(x, 0.5, *rng);
    x = normalize(x, scale.mean, scale.deviation);
    std::copy_n(x.data(), x.size(), batch.data() + i * x.size());
  }
  return constant(batch);
}

/// The class that the network gives each picture, in evaluation.
inline std::vector<int> classes_of(CnnPath& network, const LabelledImages& images,
                                   const std::vector<std::size_t>& numbers,
                                   const ChannelScale& scale, const PictureTask& task) {
  network.eval();
  std::vector<int> found;
  for (std::size_t begin = 0; begin < numbers.size(); begin += 250) {
    const std::size_t end = std::min(numbers.size(), begin + 250);
    const std::vector<std::size_t> some(numbers.begin() + static_cast<std::ptrdiff_t>(begin),
                                        numbers.begin() + static_cast<std::ptrdiff_t>(end));
    const Indices best = argmax(network(pictures_of(images, some, scale, task)), 1);
    found.insert(found.end(), best.begin(), best.end());
  }
  network.train();
  return found;
}

/// In percent.
inline double right_of(const std::vector<int>& found, const LabelledImages& images,
                       const std::vector<std::size_t>& numbers) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) right += found[i] == images.labels[numbers[i]];
  return 100 * static_cast<double>(right) / static_cast<double>(numbers.size());
}

/// The floors: always the class that is most frequent among `train`; and the class whose mean
/// picture is nearest. In percent of `test`.
struct Floors {
  double frequent, nearest_mean;
};
inline Floors floors_of(const LabelledImages& train, const LabelledImages& test) {
  const std::size_t size = train.image_size(), classes = train.classes.size();
  std::vector<double> mean(classes * size), count(classes);
  for (std::size_t i = 0; i < train.size(); ++i) {
    const auto c = static_cast<std::size_t>(train.labels[i]);
    ++count[c];
    for (std::size_t k = 0; k < size; ++k) mean[c * size + k] += train.image(i)[k];
  }
  for (std::size_t c = 0; c < classes; ++c)
    for (std::size_t k = 0; k < size; ++k) mean[c * size + k] /= std::max(count[c], 1.0);
  const auto frequent =
      static_cast<int>(std::max_element(count.begin(), count.end()) - count.begin());
  double first = 0, second = 0;
  for (std::size_t i = 0; i < test.size(); ++i) {
    std::vector<double> distance(classes);
    for (std::size_t c = 0; c < classes; ++c)
      for (std::size_t k = 0; k < size; ++k)
        distance[c] += std::pow(test.image(i)[k] - mean[c * size + k], 2);
    const auto nearest = std::min_element(distance.begin(), distance.end()) - distance.begin();
    first += test.labels[i] == frequent, second += test.labels[i] == nearest;
  }
  const auto n = static_cast<double>(test.size());
  return {100 * first / n, 100 * second / n};
}

} // namespace tapestry

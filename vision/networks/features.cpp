#include "vision/networks/features.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>

#include "autograd/base/digest.hpp"
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "nn/training/safetensors.hpp"
#include "vision/images/decode.hpp"
#include "vision/images/image.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

namespace fs = std::filesystem;

using Vectors = std::unordered_map<std::string, std::vector<real>>; // by a picture's digest

std::vector<std::string> pictures_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (named_as_picture(entry->path().string())) names.push_back(entry->path().filename());
  if (error) throw FormatError(folder + ": cannot read this folder: " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

// The file that keeps vectors: a tensor with a row for each picture, their digests one after
// another, and whose vectors they are. The format's checksum finds damage.
class FeatureFile {
public:
  FeatureFile(const std::string& path, const std::string& owner, const Shape& row)
      : path_(path), owner_(owner), row_(row) {}

  // What is there and of use; else nothing, and `problem` says why.
  Vectors read(std::string& problem) const {
    Vectors known;
    std::error_code ignored;
    if (path_.empty() || !fs::exists(path_, ignored)) return known;
    try {
      const nn::SafetensorsFile file = nn::load_safetensors(path_);
      const auto tensor = file.tensors.find("vectors");
      const auto owner = file.metadata.find("owner"), digests = file.metadata.find("digests");
      if (tensor == file.tensors.end() || owner == file.metadata.end() ||
          digests == file.metadata.end())
        throw FormatError(path_ + ": no cache of features");
      if (owner->second != owner_) throw FormatError(path_ + ": another network's features");
      Shape expected{digests->second.size() / digest_length};
      expected.insert(expected.end(), row_.begin(), row_.end());
      if (tensor->second.shape() != expected)
        throw FormatError(fmt::format("{}: vectors {}; expected {}", path_,
                                      to_string(tensor->second.shape()), to_string(expected)));
      const std::size_t size = size_of(row_);
      const real* at = tensor->second.data();
      for (std::size_t i = 0; i < expected[0]; ++i, at += size)
        known[digests->second.substr(i * digest_length, digest_length)].assign(at, at + size);
    } catch (const FormatError& error) {
      problem = error.what();
    }
    return known;
  }

  void write(const std::vector<std::string>& digests, const Vectors& known,
             std::string& problem) const {
    if (path_.empty()) return;
    std::string all;
    std::vector<const std::vector<real>*> rows;
    for (const std::string& digest : std::set<std::string>(digests.begin(), digests.end()))
      if (const auto found = known.find(digest); found != known.end()) {
        all += digest;
        rows.push_back(&found->second);
      }
    Shape shape{rows.size()};
    shape.insert(shape.end(), row_.begin(), row_.end());
    Tensor vectors = Tensor::from_shape(shape);
    real* to = vectors.data();
    for (const auto* row : rows) to = std::copy(row->begin(), row->end(), to);
    try {
      nn::save_safetensors(path_, {{{"vectors", std::move(vectors)}},
                                   {{"owner", owner_}, {"digests", std::move(all)}},
                                   {}});
    } catch (const FormatError& error) { // the vectors themselves are not lost
      problem = error.what();
    }
  }

private:
  std::string path_, owner_;
  Shape row_;
};

// f(i) for each picture, shared out; what it throws of one picture is that picture's problem.
template <class F>
void for_each_picture(std::size_t n, std::vector<std::string>& problems, const F& f) {
  const auto work = [&](std::size_t i) {
    try {
      f(i);
    } catch (const FormatError& error) {
      problems[i] = error.what();
    }
  };
  parallel_parts(n, std::ref(work));
}

} // namespace

Features folder_features(const std::string& folder, const Pretrained& model,
                         const FeatureOptions& o) {
  if (o.batch == 0 || o.side == 0 || o.save_every == 0)
    throw std::invalid_argument(
        fmt::format("folder_features: batch is {}, side {} and save_every {}, expected at least 1",
                    o.batch, o.side, o.save_every));
  const std::size_t channels = model.network->features();
  const std::size_t regions = o.regions.height * o.regions.width;
  const Shape row = regions ? Shape{regions, channels} : Shape{channels};
  const FeatureFile file(o.cache,
                         fmt::format("{} {} square {} regions {}x{}", sizeof(real), model.digest,
                                     o.side, o.regions.height, o.regions.width),
                         row);
  Features result;
  Vectors known = file.read(result.cache_problem);

  std::vector<std::string> names = pictures_in(folder);
  std::vector<std::string> digests(names.size()), problems(names.size());
  const auto path_of = [&](std::size_t i) { return (fs::path(folder) / names[i]).string(); };
  for_each_picture(names.size(), problems, [&](std::size_t i) {
    digests[i] = digest_of(read_file(path_of(i), most_file_bytes));
  });

  std::vector<std::size_t> wanted; // the pictures that the cache does not know, each once
  std::set<std::string> met;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (problems[i].empty() && !known.contains(digests[i]) && met.insert(digests[i]).second)
      wanted.push_back(i);

  std::size_t unsaved = 0;
  for (std::size_t begin = 0; begin < wanted.size(); begin += o.batch) {
    const std::size_t n = std::min(o.batch, wanted.size() - begin), picture = 3 * o.side * o.side;
    Tensor pictures = zeros({n, 3, o.side, o.side}); // a picture that cannot be read stays black
    std::vector<std::string> unread(n);
    for_each_picture(n, unread, [&](std::size_t k) {
      const Tensor image = scaled(read_square(path_of(wanted[begin + k]), o.side), model.scale);
      std::copy_n(image.data(), picture, pictures.data() + k * picture);
    });
    const Var grid = model.network->grid(constant(std::move(pictures)));
    const Tensor vectors =
        (regions ? region_vectors(grid, o.regions) : picture_vectors(grid)).value();
    const std::size_t size = vectors.size() / n;
    for (std::size_t k = 0; k < n; ++k) {
      const std::size_t i = wanted[begin + k];
      const real* at = vectors.data() + k * size;
      if (unread[k].empty())
        known[digests[i]].assign(at, at + size), ++result.computed, ++unsaved;
      else
        problems[i] = unread[k];
    }
    if (o.progress) o.progress(begin + n, wanted.size());
    if (unsaved >= o.save_every && begin + n < wanted.size()) {
      file.write(digests, known, result.cache_problem);
      unsaved = 0;
    }
  }

  std::vector<const std::vector<real>*> rows;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = known.find(digests[i]);
    if (found != known.end()) {
      result.names.push_back(names[i]);
      rows.push_back(&found->second);
    } else { // or a copy of one that could not be read
      result.skipped.push_back(problems[i].empty() ? path_of(i) + ": a copy of a picture that "
                                                                  "cannot be read"
                                                   : problems[i]);
    }
  }
  if (unsaved > 0) file.write(digests, known, result.cache_problem);
  Shape shape{rows.size()};
  shape.insert(shape.end(), row.begin(), row.end());
  result.vectors = Tensor::from_shape(shape);
  real* to = result.vectors.data();
  for (const auto* found : rows) to = std::copy(found->begin(), found->end(), to);
  return result;
}

} // namespace tapestry::inline TAPESTRY_PRECISION

#include "vision/scenes/scene_data.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "text/scenes/scene_captions.hpp"
#include "text/scenes/scene_tags.hpp"
#include "vision/images/image.hpp"
#include "vision/scenes/scene_draw.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

namespace fs = std::filesystem;

constexpr const char* pictures = "Flicker8k_Dataset";
constexpr const char* tokens = "Flickr8k.token.txt";
constexpr const char* spanish = "spanish.token.txt";
constexpr const char* tags = "tags.conllu";
constexpr const char* layouts = "layouts.json";
constexpr const char* stamp = "scenes.json";
constexpr std::array<const char*, 3> lists{"Flickr_8k.trainImages.txt", "Flickr_8k.devImages.txt",
                                           "Flickr_8k.testImages.txt"};
constexpr int version = 4; // of what is drawn and said: raise it and old folders are made again

struct Entry {
  Scene scene;
  std::vector<SceneCaption> captions;
};

std::string in(const std::string& folder, const std::string& name) {
  return (fs::path(folder) / name).string();
}

std::string name_of_picture(std::size_t index) { return fmt::format("scene_{:05}.png", index); }

std::size_t total(const SceneDataOptions& options) {
  return options.train + options.dev + options.test;
}

nlohmann::json stamp_of(const SceneDataOptions& options, bool complete) {
  return {{"version", version},   {"train", options.train}, {"dev", options.dev},
          {"test", options.test}, {"seed", options.seed},   {"side", options.side},
          {"complete", complete}};
}

// The part whose combinations this picture must show.
Part shown_by(std::size_t index, const SceneDataOptions& options) {
  if (index < options.train) return Part::train;
  index -= options.train;
  const Part part = index < options.dev ? Part::dev : Part::test;
  if (part == Part::test) index -= options.dev;
  return index % 2 == 0 ? part : Part::train;
}

// Each picture has its own stream, so that neither threads nor the number of pictures matter.
Entry make_entry(std::size_t index, const SceneDataOptions& options) {
  Rng rng(Rng(options.seed).bits() ^ (index + 1) * 0xd1342543de82ef95u);
  Entry entry;
  entry.scene = random_scene(rng, {.shows = shown_by(index, options)});
  entry.captions = random_captions(entry.scene, 5, rng);
  return entry;
}

// A folder of photographs must not be overwritten by a slip of the hand.
void refuse_other_data(const std::string& folder) {
  if (fs::exists(in(folder, stamp))) return;
  for (const char* name : {pictures, tokens, lists[0]})
    if (fs::exists(in(folder, name)))
      throw FormatError(
          fmt::format("{}: holds {} but no {}: some other data set, which is not overwritten",
                      folder, name, stamp));
}

// A sentence in CoNLL-U: a word a line in ten columns, of which the scenes know three.
std::string conllu(const std::string& id, const std::string& caption) {
  std::string text = fmt::format("# sent_id = {}\n# text = {}\n", id, caption);
  int number = 0;
  for (const TaggedWord& w : tag_caption(caption))
    text += fmt::format("{}\t{}\t_\t{}\t_\t_\t_\t_\t_\t_\n", ++number, w.word, w.tag);
  return text + "\n";
}

void write_texts(const std::string& folder, const std::vector<Entry>& entries,
                 const SceneDataOptions& options) {
  std::string captions, translations, tagged, scenes;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string name = name_of_picture(i);
    for (std::size_t k = 0; k < entries[i].captions.size(); ++k) {
      const SceneCaption& caption = entries[i].captions[k];
      const std::string id = fmt::format("{}#{}", name, k);
      captions += fmt::format("{}\t{}\n", id, caption.english);
      translations += fmt::format("{}\t{}\n", id, caption.spanish);
      tagged += conllu(id, caption.english);
    }
    scenes +=
        fmt::format("{}\"{}\": {}", i == 0 ? "" : ",\n", name, to_json(entries[i].scene).dump());
  }
  write_file_atomically(in(folder, tokens), captions);
  write_file_atomically(in(folder, spanish), translations);
  write_file_atomically(in(folder, tags), tagged);
  write_file_atomically(in(folder, layouts), "{\n" + scenes + "\n}\n");

  std::size_t i = 0;
  const std::array<std::size_t, 3> counts{options.train, options.dev, options.test};
  for (std::size_t split = 0; split < lists.size(); ++split) {
    std::string names;
    for (const std::size_t end = i + counts[split]; i < end; ++i)
      names += name_of_picture(i) + "\n";
    write_file_atomically(in(folder, lists[split]), names);
  }
}

} // namespace

void write_scenes(const std::string& folder, const SceneDataOptions& options,
                  const std::function<void(std::size_t, std::size_t)>& progress) try {
  refuse_other_data(folder);
  make_folder(in(folder, pictures));
  write_file_atomically(in(folder, stamp), stamp_of(options, false).dump(1) + "\n");
  for (const char* list : lists) fs::remove(in(folder, list));

  std::vector<Entry> entries(total(options));
  constexpr std::size_t block = 200; // between two calls of `progress`
  for (std::size_t first = 0; first < entries.size(); first += block) {
    const std::size_t n = std::min(block, entries.size() - first);
    parallel_ranges(n, 8, [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t i = first + begin; i < first + end; ++i) {
        entries[i] = make_entry(i, options);
        const std::string path = in(folder, std::string(pictures) + "/" + name_of_picture(i));
        write_file(path, encode_png(draw_scene(entries[i].scene, options.side)));
      }
    });
    if (progress) progress(first + n, entries.size());
  }
  write_texts(folder, entries, options);
  sync_folder(folder); // after a power cut, what is said to be complete must be
  write_file_atomically(in(folder, stamp), stamp_of(options, true).dump(1) + "\n");
} catch (const fs::filesystem_error& error) {
  throw FormatError(fmt::format("{}: cannot write: {}", folder, error.code().message()));
}

bool scenes_complete(const std::string& folder, const SceneDataOptions& options) {
  std::error_code ignored;
  const auto exists = [&](const std::string& name) {
    return fs::is_regular_file(in(folder, name), ignored);
  };
  if (!exists(stamp)) return false;
  const std::string text = read_file(in(folder, stamp));
  if (nlohmann::json::parse(text, nullptr, false) != stamp_of(options, true)) return false;
  for (const char* name : {tokens, spanish, tags, layouts})
    if (!exists(name)) return false;
  if (!std::all_of(lists.begin(), lists.end(), exists)) return false;
  for (std::size_t i = 0; i < total(options); ++i)
    if (!exists(std::string(pictures) + "/" + name_of_picture(i))) return false;
  return true;
}

std::map<std::string, Scene> read_layouts(const std::string& folder) {
  const std::string path = in(folder, layouts);
  const nlohmann::json json = nlohmann::json::parse(read_file(path), nullptr, false);
  if (!json.is_object()) throw FormatError(path + ": not a JSON object of scenes by name");
  std::map<std::string, Scene> scenes;
  for (const auto& [name, scene] : json.items()) {
    try {
      scenes[name] = scene_from_json(scene);
    } catch (const FormatError& error) {
      throw FormatError(fmt::format("{}: {}: {}", path, name, error.what()));
    }
  }
  return scenes;
}

} // namespace tapestry::inline TAPESTRY_PRECISION

// Looks at the test pictures: the captioners of `ablation`, and what one gets without looking.
#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/parallel.hpp"
#include "floors.hpp"
#include "keep.hpp"
#include "program.hpp"
#include "scores.hpp"
#include "vectors.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/images/contact_sheet.hpp"
#include "vision/images/image.hpp"
#include "vision/scenes/scene_data.hpp"

using namespace tapestry;

namespace {

using Captions = std::vector<std::string>; // one for each test picture

// Every row's own: the vector that the LSTM gets for test picture i.
template <class VectorOf>
Captions tell_all(Captioner& captioner, std::size_t n, int beam, const VectorOf& vector_of) {
  Captions captions(n);
  parallel_parts(n, [&](std::size_t i) {
    const auto best = captioner.teller.tell(vector_of(i), {.beam_size = beam});
    if (!best.empty()) captions[i] = join_words(captioner.words.decode(best.front().tokens));
  });
  return captions;
}

// "one", "beside", "nested" or "three"
std::string kind_of(const Scene& scene) {
  if (scene.objects.size() == 1) return "one";
  if (scene.objects.size() == 3) return "three";
  const Relation relation = relation_of(scene.objects[0], scene.objects[1]);
  return relation == Relation::inside || relation == Relation::around ? "nested" : "beside";
}

void look_once(const std::string& data_at, const std::string& folder, int beam) {
  CaptionCorpus corpus = read_corpus(data_at);
  const auto layouts = read_layouts(data_at);
  std::map<std::string, std::vector<std::vector<Judged>>> judged; // row -> captioner -> picture
  std::vector<Captioned> cards;

  for (int seed = 1;; ++seed) {
    const std::string path = fmt::format("{}/captioner_{}.safetensors", folder, seed);
    if (!std::filesystem::exists(path)) break;
    Captioner captioner = load_seeing_captioner(path);
    const std::size_t side = captioner.options.cnn.side, width = captioner.options.embedding;
    corpus.train.resize(std::min<std::size_t>(corpus.train.size(), 3000)); // as it has learnt from
    const CaptionData train(corpus, corpus.train, captioner.words, side),
        test(corpus, corpus.test, captioner.words, side);
    const auto look = [&](const Var& pictures) { return captioner.cnn->look(pictures); };
    const Tensor known = look_at_all(train, train.size(), width, look);
    const Tensor seen = look_at_all(test, test.size(), width, look);
    const std::size_t n = test.size();

    //> floors
    const auto own = [&](std::size_t i) { return rows_of(seen, {i}); };
    const auto another = [&](std::size_t i) { return rows_of(seen, {(i + 2) % n}); };
    const Tensor mean = mean_of(known);
    std::map<std::string, Captions> rows;
    rows["captioner"] = tell_all(captioner, n, beam, own);
    rows["beam_3"] = tell_all(captioner, n, 3, own);
    rows["another_picture"] = tell_all(captioner, n, beam, another);
    rows["no_picture"] =
        Captions(n, tell_all(captioner, 1, beam, [&](std::size_t) { return mean; })[0]);
    for (std::size_t i = 0; i < n; ++i)
      rows["nearest"].push_back(corpus.train[nearest(known, own(i))].captions[0]);
    //< floors

    for (const auto& [name, captions] : rows) {
      auto& list = judged[name].emplace_back();
      for (std::size_t i = 0; i < n; ++i) {
        list.push_back(judge(captions[i], corpus.test[i], &layouts.at(corpus.test[i].name)));
        if (name == "captioner" && seed == 1 && list.back().held_out && cards.size() < 24)
          cards.push_back({read_image(corpus.image_path(corpus.test[i].name)), captions[i],
                           list.back().verdict.is_true});
      }
    }
    if (seed == 1) {
      fmt::print("without a picture it says: {}\n", rows["no_picture"][0]);
      for (const Judged& j : judged["captioner"][0]) {
        if (j.verdict.is_true) continue;
        fmt::print("not true: \"{}\": {}\n", join_words(j.words), j.verdict.reason);
        break;
      }
    }
  }
  if (judged.empty())
    throw std::runtime_error(folder + ": no captioner_1.safetensors; run ablation first");

  nlohmann::json kept;
  kept["captioners"] = judged["captioner"].size();
  const auto group = [&](const std::string& name, const auto& belongs) {
    std::vector<Scores> all;
    for (const auto& list : judged[name]) {
      std::vector<Judged> some;
      for (std::size_t i = 0; i < list.size(); ++i)
        if (belongs(list[i], i)) some.push_back(list[i]);
      all.push_back(scores_of(some));
    }
    return spread(all);
  };
  for (const auto& [name, lists] : judged) {
    kept[name] = {
        {"seen", group(name, [](const Judged& j, std::size_t) { return !j.held_out; })},
        {"held_out", group(name, [](const Judged& j, std::size_t) { return j.held_out; })},
        {"all", group(name, [](const Judged&, std::size_t) { return true; })}};
    fmt::print(
        "{:<16} true: seen {:>5}, held out {:>5}; true and complete: {:>5}, {:>5} %\n", name,
        kept[name]["seen"]["true"]["mean"].dump(), kept[name]["held_out"]["true"]["mean"].dump(),
        kept[name]["seen"]["whole"]["mean"].dump(), kept[name]["held_out"]["whole"]["mean"].dump());
  }
  for (const char* kind : {"one", "beside", "nested", "three"})
    for (const bool held_out : {false, true})
      kept["kinds"][kind][held_out ? "held_out" : "seen"] =
          group("captioner", [&](const Judged& j, std::size_t i) {
            return j.held_out == held_out && kind_of(layouts.at(corpus.test[i].name)) == kind;
          });
  keep("test_once.json", kept.dump(1) + "\n");
  write_png(folder + "/contact_sheet.png", contact_sheet(cards, 6));
  keep_file(folder + "/contact_sheet.png");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Captions the test pictures with what `ablation` has trained.", "test_once");
  std::string data = data_folder() + "/scenes", folder = data_folder() + "/ablation";
  int beam = 1;
  app.add_option("--data", data, "the folder of pictures and captions")->capture_default_str();
  app.add_option("--models", folder, "the folder of the trained captioners")->capture_default_str();
  app.add_option("--beam", beam, "sentences kept at each word, as the dev pictures chose")
      ->capture_default_str()
      ->check(whole_number(1, 1000));
  return run_program(app, argc, argv, [&] { look_once(data, folder, beam); });
}

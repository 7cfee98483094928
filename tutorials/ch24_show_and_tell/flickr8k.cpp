// Show and Tell on Flickr8k: three decoders, each alone and all together, beside what one gets
// without a decoder, or with one that does not see the picture. Then photographs of anybody.
//
// It reads `flickr8k`, `mobilenet_v2` and `photos` in the folder that TAPESTRY_DATA names. Stopped,
// it goes on where it was.
#include <map>

#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "photograph_table.hpp"
#include "real_data.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/networks/pretrained.hpp"

using namespace tapestry;
using nlohmann::json;

namespace {

// Lines of step, loss in training and loss on dev, both in nats a word.
std::string in_nats(const Curve& curve) {
  std::string lines = "step\ttraining\tdev\n";
  for (const Curve::Point& p : curve.points())
    lines += fmt::format("{}\t{:.3f}\t{:.3f}\n", p.step, p.loss, std::log(p.held_out));
  return lines;
}

std::vector<Captioner> train_all(PhotoSettings s, std::size_t seeds, const PhotoCorpus& photos,
                                 json& kept) {
  std::vector<Captioner> captioners;
  const std::string folder = s.out;
  double minutes = 0;
  for (s.seed = 1; s.seed <= seeds; ++s.seed) {
    s.out = fmt::format("{}/seed{}", folder, s.seed);
    const Curve curve = train_teller(photos, s);
    minutes += curve.seconds() / 60;
    if (s.seed == 1) keep("flickr8k_curve.tsv", in_nats(curve));
    captioners.push_back(load_captioner(s.out + "/captioner.safetensors"));
  }
  kept["minutes"] = rounded(minutes / static_cast<double>(seeds));
  return captioners;
}

// The best search on dev; what each of them scores is added to `rows`.
BeamOptions search_on_dev(std::span<ShowAndTell* const> tellers, const PhotoCorpus& photos,
                          std::map<std::string, std::vector<Row>>& rows) {
  const auto tried = try_searches(tellers, photos.words, photos.dev);
  for (const auto& [search, scores] : tried)
    rows[fmt::format("{}_{}", search.beam_size, search.length_penalty > 0 ? "by_length" : "plain")]
        .push_back({{"bleu_1", 100 * scores.bleu[0]},
                    {"bleu_4", 100 * scores.bleu[3]},
                    {"cider", 100 * scores.cider_d}});
  return best_of(tried);
}

// The test part: each decoder, with the photographs' vectors, with the mean vector and with those
// of other photographs.
void each_alone(std::span<ShowAndTell* const> all, const std::vector<BeamOptions>& searches,
                const PhotoCorpus& photos, json& kept) {
  const std::size_t n = photos.test.images.size();
  const Tensor mean = mean_of(photos.train.vectors);
  Tensor means = Tensor::from_shape(photos.test.vectors.shape()), others = means;
  for (std::size_t i = 0; i < n; ++i) {
    const Tensor other = rows_of(photos.test.vectors, {(i + 1) % n});
    std::copy_n(mean.data(), mean.size(), means.data() + i * mean.size());
    std::copy_n(other.data(), mean.size(), others.data() + i * mean.size());
  }
  std::vector<Row> alone, blind, wrong;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto tell = [&](const char* name, const PhotoPart& part) {
      const Told told = tell_and_score({&all[k], 1}, photos.words, part, searches[k]);
      Row one = row(fmt::format("{}, seed {}", name, k + 1), told.captions, told.scores);
      one["perplexity"] = perplexity(*all[k], part);
      fmt::print("{:<28} perplexity {:.2f}, on dev {:.2f}; beam {}, length^{}\n", "",
                 one["perplexity"], perplexity(*all[k], photos.dev), searches[k].beam_size,
                 searches[k].length_penalty);
      return one;
    };
    alone.push_back(tell("the decoder", photos.test));
    blind.push_back(tell("no picture", with_vectors(photos.test, means)));
    wrong.push_back(tell("another picture's vector", with_vectors(photos.test, others)));
  }
  kept["alone"] = spread(alone), kept["blind"] = spread(blind), kept["wrong"] = spread(wrong);
}

// The captions of all decoders together beside those of people, and of the nearest photograph.
void beside_people(const std::vector<std::string>& told, const PhotoCorpus& photos, json& kept) {
  std::vector<CaptionedImage> found;
  for (const std::size_t i : nearest_of_all(photos)) found.push_back(photos.train.images[i]);
  std::vector<Row> neighbours, people, together;
  for (std::size_t place = 0; place < places; ++place) {
    const auto add = [&](std::vector<Row>& rows, const char* name,
                         const std::vector<std::string>& captions,
                         const std::vector<References>& references) {
      rows.push_back(
          row(fmt::format("{}, caption {}", name, place), captions, score(captions, references)));
    };
    add(neighbours, "nearest", at_place(found, place), photos.test.references);
    const auto four = without_place(photos.test.references, place);
    add(people, "people, of four others", at_place(photos.test.images, place), four);
    add(together, "all together, of those four", told, four);
  }
  kept["nearest"] = spread(neighbours), kept["people"] = spread(people);
  kept["together_of_four"] = spread(together);
}

// What all together say of photographs that anybody may use.
void of_other_photographs(std::span<ShowAndTell* const> all, const Vocabulary& words,
                          const BeamOptions& search, const std::string& data) {
  const Pretrained network = load_pretrained(data + "/mobilenet_v2/mobilenet_v2.safetensors");
  std::string lines;
  for (const char* name : {"astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"}) {
    const Tensor vector =
        vector_of(network, read_for_captioning(fmt::format("{}/photos/{}", data, name), 224));
    const auto best = tell_together(all, vector, search);
    lines += fmt::format("{:<15}{}\n", name,
                         best.empty() ? "" : join_words(words.decode(best[0].tokens)));
  }
  fmt::print("\n{}", lines);
  keep("flickr8k_photos.txt", lines);
}

void run(PhotoSettings s, std::size_t seeds, const std::string& data) {
  s.data = data + "/flickr8k";
  const CaptionCorpus corpus = read_corpus(s.data, {.require_images = false});
  const PhotoCorpus photos(corpus, PictureVectors::read(s.data), s);
  json kept{{"words", photos.words.size()},
            {"captions", photos.train.examples.size()},
            {"epochs", s.epochs}};
  std::vector<Captioner> captioners = train_all(s, seeds, photos, kept);
  std::vector<ShowAndTell*> all;
  for (Captioner& c : captioners) all.push_back(&c.teller);

  std::vector<BeamOptions> searches;
  std::map<std::string, std::vector<Row>> on_dev, together_on_dev;
  for (ShowAndTell* one : all) searches.push_back(search_on_dev({&one, 1}, photos, on_dev));
  const BeamOptions together = search_on_dev(all, photos, together_on_dev);
  for (const auto& [name, rows] : on_dev) kept["dev"][name] = spread(rows);
  for (const auto& [name, rows] : together_on_dev) kept["dev_together"][name] = spread(rows);

  // From here on the test part is looked at.
  each_alone(all, searches, photos, kept);
  const Told told = tell_and_score(all, photos.words, photos.test, together);
  kept["together"] = spread({row("all together", told.captions, told.scores)});
  fmt::print("{:<28} beam {}, length^{}\n", "", together.beam_size, together.length_penalty);
  write_captions(s.out + "/captions.tsv", photos.test, told.captions);
  beside_people(told.captions, photos, kept);
  for (const char* word : {"astronaut", "cat", "coffee", "rocket"})
    kept["captions_with"][word] = captions_with(word, photos.train);
  for (const char* word : {"a", "in", "is"})
    kept["test_pictures_with"][word] = pictures_with(word, photos.test);
  keep("flickr8k.json", kept.dump(1) + "\n");
  of_other_photographs(all, photos.words, together, data);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains captioners of Flickr8k and scores them once on its test part.", "flickr8k");
  PhotoSettings s;
  std::size_t seeds = 3;
  app.add_option("--out", s.out, "the folder of the checkpoints")->capture_default_str();
  whole_option(app, "--seeds", seeds, "trainings", 1, 100);
  s.add_to(app);
  return run_program(app, argc, argv, [&] {
    if (const auto data = real_data("")) run(s, seeds, *data);
  });
}

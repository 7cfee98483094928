// Show and Tell on Flickr8k: three decoders, each alone and all together, beside what one gets
// without a decoder, or with one that does not see the picture. Then photographs of anybody.
//
// It reads `flickr8k`, `mobilenet_v2` and `photos` in the folder that TAPESTRY_DATA names. Stopped,
// it goes on where it was.
#include <map>

#include <nlohmann/json.hpp>

#include "floors.hpp"
#include "keep.hpp"
#include "real_data.hpp"
#include "telling.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/networks/pretrained.hpp"

using namespace tapestry;
using nlohmann::json;

namespace {

double rounded(double x) { return std::round(100 * x) / 100; }

double words_a_caption(const std::vector<std::string>& captions) {
  double words = 0;
  for (const std::string& caption : captions)
    words += static_cast<double>(caption_tokens(caption).size());
  return words / static_cast<double>(captions.size());
}

// A row of the table, also printed.
std::map<std::string, double> row(const std::string& name, const std::vector<std::string>& captions,
                                  const CaptionScores& s) {
  std::map<std::string, double> one{{"rouge_l", 100 * s.rouge_l},
                                    {"meteor", 100 * s.meteor},
                                    {"cider", 100 * s.cider_d},
                                    {"words", words_a_caption(captions)}};
  for (int n = 1; n <= 4; ++n)
    one["bleu_" + std::to_string(n)] = 100 * s.bleu[static_cast<std::size_t>(n - 1)];
  fmt::print("{:<28} BLEU-1 {:5.1f}  BLEU-4 {:5.1f}  CIDEr {:5.1f}  {:4.1f} words\n", name,
             one["bleu_1"], one["bleu_4"], one["cider"], one["words"]);
  std::fflush(stdout);
  return one;
}

json spread(const std::vector<std::map<std::string, double>>& rows) {
  json all;
  for (const auto& [name, unused] : rows[0]) {
    double sum = 0, least = 1e300, most = -1e300;
    for (const auto& one : rows) {
      const double x = one.at(name);
      sum += x, least = std::min(least, x), most = std::max(most, x);
    }
    all[name] = {{"mean", rounded(sum / static_cast<double>(rows.size()))},
                 {"least", rounded(least)},
                 {"most", rounded(most)}};
  }
  return all;
}

// `part` with the vectors of other pictures.
PhotoPart with_vectors(PhotoPart part, const Tensor& vectors) {
  part.vectors = vectors;
  return part;
}

//> photographs-floors
// What a caption is worth that comes from nowhere: every photograph gets that of the training
// photograph whose vector is nearest in direction, after the mean has been taken away.
std::vector<std::string> nearest_captions(const PhotoCorpus& photos) {
  const Tensor mean = mean_of(photos.train.vectors);
  const auto centred = [&](Tensor vectors) {
    for (std::size_t i = 0; i < vectors.size(); ++i)
      vectors.data()[i] -= mean.data()[i % mean.size()];
    return vectors;
  };
  const Tensor known = centred(photos.train.vectors), seen = centred(photos.test.vectors);
  std::vector<std::string> captions(photos.test.images.size());
  parallel_parts(captions.size(), [&](std::size_t i) {
    captions[i] = photos.train.images[nearest(known, rows_of(seen, {i}))].captions[0];
  });
  return captions;
}
//< photographs-floors

// What people say of the photographs: the last caption held against the other four.
std::pair<std::vector<std::string>, std::vector<References>> of_people(const PhotoPart& part) {
  std::vector<std::string> captions;
  std::vector<References> others = part.references;
  for (std::size_t i = 0; i < part.images.size(); ++i) {
    captions.push_back(part.images[i].captions.back());
    others[i].pop_back();
  }
  return {captions, others};
}

// Lines of step, loss in training and loss on dev, both in nats a word.
std::string in_nats(const Curve& curve) {
  std::string lines = "step\ttraining\tdev\n";
  for (const Curve::Point& p : curve.points())
    lines += fmt::format("{}\t{:.3f}\t{:.3f}\n", p.step, p.loss, std::log(p.held_out));
  return lines;
}

std::size_t captions_with(const std::string& word, const PhotoPart& part) {
  std::size_t count = 0;
  for (const References& of_picture : part.references)
    for (const Sentence& caption : of_picture)
      count += std::find(caption.begin(), caption.end(), word) != caption.end();
  return count;
}

void run(PhotoSettings s, std::size_t seeds, const std::string& data) {
  s.data = data + "/flickr8k";
  const CaptionCorpus corpus = read_corpus(s.data, {.require_images = false});
  const PhotoCorpus photos(corpus, PictureVectors::read(s.data), s);
  json kept{{"words", photos.words.size()},
            {"train", corpus.train.size()},
            {"captions", photos.train.examples.size()},
            {"epochs", s.epochs}};

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

  std::vector<ShowAndTell*> all;
  for (Captioner& c : captioners) all.push_back(&c.teller);
  std::vector<BeamOptions> searches;
  std::map<std::string, std::vector<std::map<std::string, double>>> tried_on_dev;
  for (ShowAndTell* one : all) {
    const auto tried = try_searches({&one, 1}, photos.words, photos.dev);
    searches.push_back(best_of(tried));
    for (const auto& [search, scores] : tried)
      tried_on_dev[fmt::format("{}_{}", search.beam_size,
                               search.length_penalty > 0 ? "by_length" : "plain")]
          .push_back({{"bleu_1", 100 * scores.bleu[0]},
                      {"bleu_4", 100 * scores.bleu[3]},
                      {"cider", 100 * scores.cider_d}});
  }
  for (const auto& [name, rows] : tried_on_dev) kept["dev"][name] = spread(rows);
  const BeamOptions together = best_of(try_searches(all, photos.words, photos.dev));
  kept["together_beam"] = together.beam_size, kept["together_power"] = together.length_penalty;

  // From here on the test part is looked at.
  std::vector<std::map<std::string, double>> alone, blind, wrong;
  const std::size_t n = photos.test.images.size();
  const Tensor mean = mean_of(photos.train.vectors);
  Tensor means = Tensor::from_shape(photos.test.vectors.shape()), others = means;
  for (std::size_t i = 0; i < n; ++i) {
    const Tensor other = rows_of(photos.test.vectors, {(i + 1) % n});
    std::copy_n(mean.data(), mean.size(), means.data() + i * mean.size());
    std::copy_n(other.data(), mean.size(), others.data() + i * mean.size());
  }
  for (std::size_t k = 0; k < seeds; ++k) {
    const auto tell = [&](const char* name, const PhotoPart& part) {
      const Told told = tell_and_score({&all[k], 1}, photos.words, part, searches[k]);
      auto one = row(fmt::format("{}, seed {}", name, k + 1), told.captions, told.scores);
      one["perplexity"] = perplexity(*all[k], part);
      fmt::print("{:<28} perplexity {:.2f}, on dev {:.2f}; beam {}, length^{}\n", "",
                 one["perplexity"], perplexity(*all[k], photos.dev), searches[k].beam_size,
                 searches[k].length_penalty);
      one["beam"] = searches[k].beam_size, one["power"] = searches[k].length_penalty;
      return one;
    };
    alone.push_back(tell("the decoder", photos.test));
    blind.push_back(tell("no picture", with_vectors(photos.test, means)));
    wrong.push_back(tell("another picture's vector", with_vectors(photos.test, others)));
  }
  kept["alone"] = spread(alone), kept["blind"] = spread(blind), kept["wrong"] = spread(wrong);
  const Told told = tell_and_score(all, photos.words, photos.test, together);
  kept["together"] = spread({row("all together", told.captions, told.scores)});
  write_captions(folder + "/captions.tsv", photos.test, told.captions);
  const auto found = nearest_captions(photos);
  kept["nearest"] =
      spread({row("nearest training picture", found, score(found, photos.test.references))});
  const auto [people, rest] = of_people(photos.test);
  kept["people"] = spread({row("people, of four others", people, score(people, rest))});
  for (const char* word : {"astronaut", "cat", "coffee", "rocket"})
    kept["captions_with"][word] = captions_with(word, photos.train);
  keep("flickr8k.json", kept.dump(1) + "\n");

  const Pretrained network = load_pretrained(data + "/mobilenet_v2/mobilenet_v2.safetensors");
  std::string lines;
  for (const char* name : {"astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg"}) {
    const Tensor vector =
        vector_of(network, read_for_captioning(fmt::format("{}/photos/{}", data, name), 224));
    const auto best = tell_together(all, vector, together);
    lines += fmt::format("{:<15}{}\n", name,
                         best.empty() ? "" : join_words(photos.words.decode(best[0].tokens)));
  }
  fmt::print("\n{}", lines);
  keep("flickr8k_photos.txt", lines);
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

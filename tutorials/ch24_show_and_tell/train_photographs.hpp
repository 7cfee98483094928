// Show and Tell on photographs, from the vectors to the scores of the test.
#pragma once

#include <optional>

#include "fine_tuning.hpp"
#include "picture.hpp"
#include "telling.hpp"
#include "vision/networks/features.hpp"

namespace tapestry {

// Photographs without a vector are left out.
inline void keep_seen(std::vector<CaptionedImage>& part, const PictureVectors& vectors) {
  std::erase_if(part, [&](const CaptionedImage& i) { return !vectors.contains(i.name); });
}

/// The photographs' vectors: from the folder, or made by the network that `s` names. Those that
/// cannot be read are counted, named and left out of the corpus.
inline PictureVectors vectors_for(CaptionCorpus& corpus, const PhotoSettings& s) {
  if (s.network.empty()) return PictureVectors::read(s.data);
  const Pretrained network = load_pretrained(s.network);
  make_folder(s.out);
  std::optional<Progress> progress;
  const Features made = folder_features(
      corpus.image_folder, network,
      {.cache = s.out + "/vectors.safetensors", .progress = [&](std::size_t done, std::size_t all) {
         if (!progress) progress.emplace("looking", all);
         progress->update(done);
       }});
  progress.reset();
  if (!made.cache_problem.empty()) fmt::print(stderr, "train: {}\n", made.cache_problem);
  if (!made.skipped.empty())
    fmt::print(stderr, "train: {} pictures cannot be read and are left out\n", made.skipped.size());
  for (const std::string& line : made.skipped) fmt::print(stderr, "  {}\n", line);
  PictureVectors vectors(made.names, made.vectors, network.name);
  for (auto* part : {&corpus.train, &corpus.dev, &corpus.test}) keep_seen(*part, vectors);
  return vectors;
}

/// Writes OUT/loss.svg: both curves in nats a word.
inline void draw_losses(const Curve& curve, const std::string& out) {
  Line loss{"training, with dropout", {}, {}}, held_out{"dev", {}, {}};
  for (const Curve::Point& p : curve.points()) {
    loss.x.push_back(p.step), loss.y.push_back(p.loss);
    held_out.x.push_back(p.step), held_out.y.push_back(std::log(p.held_out));
  }
  write_file_atomically(out + "/loss.svg", line_plot("How the decoder learns", "step",
                                                     "loss, nats a word", {loss, held_out}));
}

/// The program `train` for photographs.
inline int train_on_photographs(int argc, char** argv) {
  CLI::App app("Trains Show and Tell on photographs that people have captioned.", "train");
  PhotoSettings s;
  app.add_option("--data", s.data,
                 "a folder in Flickr8k's layout, with vectors (features_ids.txt and "
                 "features_*.npy) or with photographs")
      ->required();
  app.add_option("--network", s.network,
                 "the weights of MobileNetV2 or SqueezeNet, which then makes the vectors");
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  s.add_to(app);
  s.add_fine_tuning_to(app);
  return run_program(app, argc, argv, [&] {
    if (s.fine_tune > 0 && s.network.empty())
      throw std::runtime_error("--fine-tune: expected --network, whose weights learn along");
    CaptionCorpus corpus = read_corpus(s.data, {.require_images = !s.network.empty()});
    const PictureVectors vectors = vectors_for(corpus, s);
    PhotoCorpus photos(corpus, vectors, s);
    fmt::print("{} captions of {} pictures, {} words, vectors of {} numbers\n",
               photos.train.examples.size(), corpus.train.size(), photos.words.size(),
               vectors.width());
    std::fflush(stdout);
    const Curve curve = train_teller(photos, s);
    fmt::print("{:.1f} minutes of training\n", curve.seconds() / 60);
    draw_losses(curve, s.out);
    if (s.fine_tune > 0)
      fmt::print("{:.1f} minutes of fine-tuning\n", fine_tune(corpus, photos, s).seconds() / 60);

    Captioner best = load_captioner(s.out + "/captioner.safetensors");
    if (best.network)
      for (PhotoPart* part : {&photos.dev, &photos.test})
        part->vectors = look_at(best, corpus, *part);
    ShowAndTell* const one[] = {&best.teller};
    fmt::print("perplexity: {:.2f} on dev, {:.2f} on test\n", perplexity(best.teller, photos.dev),
               perplexity(best.teller, photos.test));
    const BeamOptions search = best_of(try_searches(one, photos.words, photos.dev));
    const Told told = tell_and_score(one, photos.words, photos.test, search);
    write_captions(s.out + "/captions.tsv", photos.test, told.captions);
    write_page(s.out + "/captions.html", best.teller, photos.words, photos.test, told, corpus);
    fmt::print("\n{} test pictures, beam {}, length^{}\nTo look at: {}/captions.html\n\n",
               photos.test.images.size(), search.beam_size, search.length_penalty, s.out);
    print_scores(told.scores);
  });
}

} // namespace tapestry

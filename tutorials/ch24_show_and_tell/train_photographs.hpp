// Show and Tell on photographs, from the vectors to the scores of the test.
#pragma once

#include "telling.hpp"

namespace tapestry {

/// The program `train` for a folder that has vectors (PictureVectors::there).
inline int train_on_photographs(int argc, char** argv) {
  CLI::App app("Trains Show and Tell on photographs that people have captioned.", "train");
  PhotoSettings s;
  app.add_option("--data", s.data,
                 "a folder in Flickr8k's layout with vectors: features_ids.txt "
                 "and features_*.npy")
      ->required();
  app.add_option("--out", s.out, "the folder of the checkpoint")->capture_default_str();
  s.add_to(app);
  return run_program(app, argc, argv, [&] {
    const CaptionCorpus corpus = read_corpus(s.data, {.require_images = false});
    const PictureVectors vectors = PictureVectors::read(s.data);
    const Vocabulary words =
        caption_vocabulary(corpus.train, static_cast<int>(s.min_count), caption_tokens);
    const PhotoPart train_part(corpus.train, vectors, words), dev(corpus.dev, vectors, words),
        test(corpus.test, vectors, words);
    fmt::print("{} captions of {} pictures, {} words, vectors of {} numbers\n",
               train_part.examples.size(), corpus.train.size(), words.size(), vectors.width());
    std::fflush(stdout);
    Rng rng(s.seed);
    Captioner captioner(words,
                        {.embedding = s.embedding,
                         .hidden = s.hidden,
                         .dropout = s.dropout,
                         .first_words = 0.1,
                         .picture = vectors.width(),
                         .seen_by = std::filesystem::path(vectors.source()).stem().string()},
                        rng);
    const Curve curve = train_teller(captioner, train_part, dev, s);
    fmt::print("{:.1f} minutes of training\n", curve.seconds() / 60);

    Captioner best = load_captioner(s.out + "/captioner.safetensors");
    ShowAndTell* const one[] = {&best.teller};
    fmt::print("perplexity: {:.2f} on dev, {:.2f} on test\n", perplexity(best.teller, dev),
               perplexity(best.teller, test));
    const Told told = evaluate_photographs(one, words, dev, test, s.out);
    write_page(s.out + "/captions.html", best.teller, words, test, told, corpus);
    fmt::print("\nTo look at: {}/captions.html\n\n", s.out);
    print_scores(told.scores);
  });
}

} // namespace tapestry

// The network that sees learns along with the decoder, once the decoder knows what to say.
//
// Vinyals et al. (2016) leave the CNN as it is until then: the first gradients of an LSTM that
// knows nothing would spoil what the CNN knows.
#pragma once

#include "photographs.hpp"
#include "vision/images/image.hpp"
#include "vision/images/transforms.hpp"

namespace tapestry {

/// Photographs as the network takes them, of the side that the captioner has; about half of them
/// mirrored, if there is an `rng`. Those that cannot be read were left out of the corpus; should
/// one have changed since, a FormatError. -> (n, 3, side, side)
inline Tensor photographs_for(const Captioner& captioner, const CaptionCorpus& corpus,
                              const std::vector<CaptionedImage>& part,
                              const std::vector<std::size_t>& which, Rng* rng = nullptr) {
  const std::size_t side = captioner.side();
  Tensor all = Tensor::from_shape({which.size(), 3, side, side});
  std::vector<bool> mirrored;
  for (std::size_t i = 0; i < which.size(); ++i) mirrored.push_back(rng && rng->chance(0.5));
  parallel_parts(which.size(), [&](std::size_t i) {
    Tensor x =
        scaled(read_square(corpus.image_path(part[which[i]].name), side), captioner.network->scale);
    if (mirrored[i]) x = hflip(x);
    std::copy_n(x.data(), x.size(), all.data() + i * x.size());
  });
  return all;
}

/// The vectors that the captioner's own network makes. -> (pictures, P)
inline Tensor look_at(const Captioner& captioner, const CaptionCorpus& corpus,
                      const PhotoPart& part) {
  const std::size_t n = part.images.size(), width = captioner.options.picture;
  Tensor vectors = Tensor::from_shape({n, width});
  for (std::size_t begin = 0; begin < n; begin += 16) {
    const auto some = numbers(begin, std::min(n, begin + 16));
    const Var grid = captioner.network->network->grid(
        constant(photographs_for(captioner, corpus, part.images, some)));
    const Tensor made = picture_vectors(grid).value();
    std::copy_n(made.data(), made.size(), vectors.data() + begin * width);
  }
  return vectors;
}

/// Goes on from OUT/captioner.safetensors with network and decoder both learning, and writes it
/// anew, the network in it, whenever dev is told better than before. All captions of a photograph
/// are learnt from in one step. dev's vectors are made anew for it.
inline Curve fine_tune(const CaptionCorpus& corpus, PhotoCorpus& photos, const PhotoSettings& s) {
  Captioner captioner = load_captioner(s.out + "/captioner.safetensors");
  if (!captioner.network) captioner.bring(load_pretrained(s.network));
  captioner.network->network->requires_grad(true);
  TellerTraining learner(captioner, s.average);
  const auto see_dev = [&] { photos.dev.vectors = look_at(captioner, corpus, photos.dev); };
  captioner.eval();
  see_dev();
  learner.best() = static_cast<real>(perplexity(captioner.teller, photos.dev));
  captioner.train();
  fmt::print("fine-tuning: dev has a perplexity of {:.2f} before\n", learner.best());

  (void)learner.parameters(); // names
  nn::AdamW optimizer({{.parameters = captioner.teller.parameters(), .weight_decay = s.decay},
                       {.parameters = captioner.network->network->parameters(),
                        .rate = s.fine_network,
                        .weight_decay = 0.01}},
                      {});
  Rng rng(s.seed * 7919 + 2);
  const std::size_t pictures = photos.train.images.size(), batch = std::min(s.fine_batch, pictures);
  const std::size_t pass_steps = pictures / batch, steps = s.fine_tune * pass_steps;
  const nn::Schedule schedule =
      nn::warm_up(std::min<std::size_t>(100, steps), nn::cosine_schedule(steps, 0.01));
  return train({.out = s.out,
                .name = "fine_tuning",
                .run = s.text() + s.fine_text() + fmt::format("; {} photographs", pictures),
                .steps = steps,
                .report_every = std::max<std::size_t>(1, pass_steps / 2),
                .clip = s.clip,
                .save_every = s.save_every},
               learner, optimizer, rng,
               {.loss =
                    [&](std::size_t step) {
                      const auto order = epoch_order(pictures, s.seed + 1, step / pass_steps);
                      const auto first =
                          order.begin() + static_cast<long>(step % pass_steps * batch);
                      const std::vector<std::size_t> some(first, first + static_cast<long>(batch));
                      const CaptionBatch b = photos.train.captions.batch(some, SIZE_MAX, rng);
                      const Var grid = captioner.network->network->grid(constant(
                          photographs_for(captioner, corpus, photos.train.images, some, &rng)));
                      return captioner.teller.loss(picture_vectors(grid), b.picture_of, b.words,
                                                   rng, s.smoothing);
                    },
                .rate = [&](std::size_t step) { return s.fine_rate * schedule(step); },
                .held_out =
                    [&] {
                      learner.average.exchange();
                      see_dev();
                      learner.average.exchange();
                      return learner.measure(captioner, photos.dev, s.out);
                    },
                .after = [&] { learner.average.update(); }});
}

} // namespace tapestry

#include "training.hpp"

#include <charconv>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry {
namespace {

constexpr const char* names = "step\ttrain_loss\theld_out\n";

// Set by Ctrl-C: the step under way is finished and saved. A second one ends the program at once.
volatile std::sig_atomic_t interrupted = 0;

void interrupt(int) {
  interrupted = 1;
  std::signal(SIGINT, SIG_DFL);
}

std::size_t step_in(const std::string& path, const std::string& text, std::size_t most) {
  std::size_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || value < 1 || value > most)
    throw FormatError(fmt::format("{}: its note \"step\" is \"{}\", expected a number from 1 to {}",
                                  path, text.substr(0, 40), most));
  return value;
}

} // namespace

void Curve::add(double loss) {
  sum_ += loss;
  ++count_;
}

void Curve::close(std::size_t step, double held_out) {
  points_.push_back({static_cast<double>(step), sum_ / static_cast<double>(count_), held_out});
  sum_ = 0;
  count_ = 0;
}

std::string Curve::to_text() const {
  std::string text = names;
  for (const Point& p : points_)
    text += fmt::format("{:.0f}\t{:.9g}\t{:.9g}\n", p.step, p.loss, p.held_out);
  // What is not a line yet, and the time so far.
  return text + fmt::format("{}\t{:.17g}\t{:.1f}\n", count_, sum_, seconds_);
}

void Curve::read(const std::string& path, const std::string& text) {
  const auto fail = [&] { throw FormatError(path + ": its learning curve cannot be read"); };
  if (!text.starts_with(names)) fail();
  points_.clear();
  std::string_view rest = std::string_view(text).substr(std::char_traits<char>::length(names));
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == rest.npos) fail();
    Point p{};
    const char *at = rest.data(), *stop = rest.data() + end;
    for (double* field : {&p.step, &p.loss, &p.held_out}) {
      const auto [next, error] = std::from_chars(at, stop, *field);
      if (error != std::errc{}) fail();
      at = next + (next != stop);
    }
    points_.push_back(p);
    rest.remove_prefix(end + 1);
  }
  if (points_.empty() || !(points_.back().step >= 0 && points_.back().step < 1e9)) fail();
  count_ = static_cast<std::size_t>(points_.back().step);
  sum_ = points_.back().loss;
  seconds_ = points_.back().held_out;
  points_.pop_back();
}

Curve train(const TrainingOptions& options, nn::Module& model, nn::Optimizer& optimizer, Rng& rng,
            const TrainingStep& work) {
  make_folder(options.out);
  const FolderLock lock(options.out, "trains");
  const std::string checkpoint = options.out + "/" + options.name + ".safetensors";
  Curve curve;
  std::size_t step = 0;
  if (std::filesystem::exists(checkpoint)) {
    nn::SafetensorsFile file = nn::load_safetensors(checkpoint); // once: it may be replaced
    auto notes = file.metadata;
    if (notes["run"] != options.run)
      throw std::runtime_error(fmt::format(
          "{} comes from another run ({}); this one is {}. Remove it, or choose another folder "
          "with --out",
          checkpoint, notes["run"].empty() ? "unknown" : notes["run"], options.run));
    step = step_in(checkpoint, notes["step"], options.steps);
    curve.read(checkpoint, notes["curve"]);
    nn::load_checkpoint(checkpoint, std::move(file), model, optimizer, rng);
    if (step < options.steps) fmt::print("going on from step {} of {}\n", step, options.steps);
  }
  const auto save = [&] {
    nn::Notes notes = options.notes;
    notes["run"] = options.run;
    notes["step"] = std::to_string(step);
    notes["curve"] = curve.to_text();
    nn::save_checkpoint(checkpoint, model, optimizer, rng, notes);
  };

  const std::vector<Parameter> parameters = model.parameters();
  auto saved = std::chrono::steady_clock::now(), before = saved;
  double held_out = std::nan("");
  interrupted = 0;
  std::signal(SIGINT, interrupt);
  Progress progress("training", options.steps, step);
  while (step < options.steps) {
    optimizer.zero_grad();
    double loss = 0;
    const std::function<void()> gradient = [&] {
      Tape tape;
      const Var recorded = work.loss(step);
      tape.backward(recorded);
      loss = static_cast<double>(recorded.item());
    };
    work.around ? work.around(gradient) : gradient();
    const double norm = nn::clip_grad_norm(parameters, options.clip);
    if (!std::isfinite(loss) || !std::isfinite(norm)) // before the weights take part
      throw std::runtime_error(
          fmt::format("at step {} the loss is {} and the gradient's norm {}; try a smaller --rate",
                      step, loss, norm));
    optimizer.lr = work.rate(step);
    optimizer.step();
    if (work.after) work.after();

    curve.add(loss);
    if (++step % options.report_every == 0 || step == options.steps) {
      if (work.held_out) held_out = work.held_out();
      curve.close(step, held_out);
    }
    progress.update(
        step, fmt::format("loss {:.3f}{}", loss,
                          std::isnan(held_out) ? "" : fmt::format("  held out {:.4f}", held_out)));
    const auto now = std::chrono::steady_clock::now();
    curve.spend(std::chrono::duration<double>(now - before).count());
    before = now;
    const std::chrono::duration<double> since = now - saved;
    if (since.count() > options.save_every || step == options.steps || interrupted) {
      save();
      saved = std::chrono::steady_clock::now();
    }
    if (interrupted && step < options.steps) { // as if it had not been caught, but for the work
      std::signal(SIGINT, SIG_DFL);
      std::raise(SIGINT);
    }
  }
  std::signal(SIGINT, SIG_DFL);
  return curve;
}

} // namespace tapestry

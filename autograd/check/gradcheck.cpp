#include "autograd/check/gradcheck.hpp"

#include <memory>

#include "autograd/base/rehearsal.hpp"
#include "autograd/check/diagnosis/comparison.hpp"
#include "autograd/check/diagnosis/diagnosis.hpp"
#include "autograd/check/diagnosis/finding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using namespace diagnosis;

// At one shape. The subject is left where the comparison was made.
GradcheckReport check_at(Subject& subject, const GradcheckOptions& options, Rng& rng, bool& wrong) {
  GradcheckReport report;
  for (int attempt = 0; attempt < 4; ++attempt) {
    subject.move_to(subject.home()); // every attempt starts from the caller's point
    Comparison check(subject, options, rng.split());
    if (attempt > 0) check.move(attempt == 3);
    report = check.run();
    report.moved = attempt > 0;
    wrong = check.wrong() && !check.on_kink();
    if (check.detached())
      report.diagnoses = {
          {fault::zero, "",
           "the output changes with the arguments, but nothing on the tape connects "
           "them: detached, or never recorded?"}};
    if (!check.on_kink()) break;
    report.passed = false;
    if (report.problem.empty())
      report.problem = "the point lies on a kink, and so do three points near it";
  }
  return report;
}

} // namespace

GradcheckReport gradcheck_all(const std::function<Var(const std::vector<Var>&)>& f,
                              const std::vector<GradcheckInput>& inputs,
                              const GradcheckOptions& options) {
  const Rehearsal rehearsal;
  std::vector<std::unique_ptr<Subject>> subjects; // one a shape
  subjects.push_back(std::make_unique<Subject>(f, inputs, options.parameters));
  for (const auto& others : options.also)
    subjects.push_back(std::make_unique<Subject>(f, others, options.parameters));

  Rng rng(options.seed);
  GradcheckReport report;
  bool wrong = false;
  std::size_t failed = subjects.size(); // the first shape that fails
  for (std::size_t i = 0; i < subjects.size() && failed == subjects.size(); ++i) try {
      GradcheckReport here = check_at(*subjects[i], options, rng, wrong);
      if (!here.passed) failed = i;
      if (here.passed && i > 0)
        report.entries.insert(report.entries.end(), here.entries.begin(), here.entries.end());
      else
        report = std::move(here);
    } catch (const BrokenPullBack& broken) {
      diagnose(broken, report = {});
      return report;
    }
  if (failed > 0 && failed < subjects.size())
    for (const Tensor& x : subjects[failed]->home())
      report.shapes += (report.shapes.empty() ? "" : ", ") + to_string(x.shape());
  try {
    report.unchecked = subjects[0]->strangers();
  } catch (const std::exception&) { // f may not return every time
  }
  if (failed < subjects.size() && wrong && options.diagnose) {
    std::vector<Place> places{{subjects[failed].get(), subjects[failed]->point()}};
    for (std::size_t i = 0; i < subjects.size(); ++i)
      if (i != failed) places.push_back({subjects[i].get(), subjects[i]->home()});
    diagnose(places, rng.split(), report);
  }
  if (options.curve) report.curve = error_curve(*subjects[0], rng);
  return report;
}

} // namespace tapestry::inline TAPESTRY_PRECISION

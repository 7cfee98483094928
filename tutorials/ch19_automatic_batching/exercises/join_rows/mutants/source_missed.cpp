// A part that needs no gradient still takes its rows of y's: go on in dy by them, whoever gets them.
// All rows of one matrix, in order, are that matrix.
std::optional<Var> JoinedRows::whole(std::span<const Var* const> parts) {
  const auto& first = parts[0]->node_->joined;
  if (!first) return {};
  std::size_t next = 0;
  for (const Var* part : parts) {
    if (part->node_->joined != first || part->node_->first_row != next) return {};
    next += rows(part->shape());
  }
  if (next != first->value.shape()[0]) return {};
  return Var(first);
}

Var JoinedRows::join(std::span<const Var* const> parts, std::size_t width, Caller at) {
  if (const std::optional<Var> all = whole(parts)) return *all;
  std::size_t n = 0;
  bool needed = false;
  for (const Var* part : parts) {
    n += rows(part->shape());
    needed = needed || part->needs_grad();
  }
  Tensor out = Tensor::from_shape(Shape{n, width});
  real* to = out.data();
  for (const Var* part : parts) to = std::copy_n(numbers(*part), rows(part->shape()) * width, to);
  Var y{std::move(out)};
  if (!needed || !Tape::current()) return y;

  Sources sources; // where the gradient goes: not to what was cut out, but to what it was cut from
  RowRuns runs;
  std::size_t s = 0; // one example's parts come from the same sources, one by one, as another's
  for (const Var* part : parts) {
    const auto& from = part->node_->joined;
    const std::size_t first = from ? part->node_->first_row : 0, count = rows(part->shape());
    std::size_t tried = from ? 0 : sources.size();
    for (; tried < sources.size() && sources[s].node_ != from; ++tried)
      s = (s + 1) % sources.size();
    if (tried == sources.size()) {
      s = sources.size();
      sources.push_back(from ? Var(from) : *part);
    }
    if (!runs.empty() && runs.back().source == s && runs.back().first + runs.back().rows == first)
      runs.back().rows += count;
    else
      runs.push_back({static_cast<std::uint32_t>(s), first, count});
  }
  const std::span<const Var> inputs(sources);
  return record("join", y, {inputs, at}, [y, width, sources, runs = std::move(runs)] {
    std::vector<real*, PoolAllocator<real*>> grads;
    for (const Var& x : sources) grads.push_back(x.needs_grad() ? x.grad().data() : nullptr);
    const real* dy = y.grad().data();
    for (const RowRun& run : runs) {
      real* const dx = grads[run.source];
      if (!dx) continue;
      add_rows_to(dx + run.first * width, dy, run.rows * width);
      dy += run.rows * width;
    }
  });
}

// Recurrent cells and sequences: back-propagation through time, written by hand.
#include "autograd/xt.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"
#include "tests/planted/planted.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {
namespace {

Tensor at(const Tensor& x, std::size_t s) { return xt::view(x, s); } // step s of (T, B, ...)
void add_at(const Tensor& to, std::size_t s, const Tensor& part) {
  real* row = const_cast<real*>(to.data()) + s * part.size();
  for (std::size_t i = 0; i < part.size(); ++i) row[i] += part.data()[i];
}

// x: (T, B, I), w: (H, I), u: (H, H), b: (H) -> (T, B, H), h_s = tanh(w x_s + u h_{s-1} + b)
struct Elman {
  Var x, w, u, b;

  std::size_t steps() const { return x.shape()[0]; }
  Tensor forward() const {
    Var h = constant(zeros({x.shape()[1], w.shape()[0]}));
    std::vector<Var> all;
    for (std::size_t s = 0; s < steps(); ++s)
      all.push_back(
          h = tanh(linear(select(detach(x), 0, s), detach(w), detach(b)) + linear(h, detach(u))));
    return stack(all).value();
  }
  Tensor before(const Var& y, std::size_t s) const { // h_{s-1}
    return s > 0 ? at(y.value(), s - 1) : zeros({x.shape()[1], w.shape()[0]});
  }
  // What one step adds, from dz, the gradient before the tanh.
  void pull_step(const Var& y, std::size_t s, const Tensor& dz) const {
    add_at(x.grad(), s, times(dz, w.value()));
    w.grad() += times(t(dz), at(x.value(), s));
    u.grad() += times(t(dz), before(y, s));
    b.grad() += xt::sum(dz, {0});
  }
};

template <class P> Planted in_elman(const char* mistake, const char* expected, P pull) {
  const Points points{{random({3, 2, 2}, 1), random({3, 2}, 2), random({3, 3}, 3), random({3}, 4)},
                      {random({4, 1, 3}, 5), random({2, 3}, 6), random({2, 2}, 7), random({2}, 8)}};
  return plant("Elman sequence", mistake, expected, points,
               [pull](const Var& x, const Var& w, const Var& u, const Var& b) {
                 const Elman e{x, w, u, b};
                 return mine(e.forward(), {x, w, u, b}, [e, pull](const Var& y) { pull(e, y); });
               });
}

// gates: (B, 4H), c: (B, H) -> c' (B, H): the gates' half of an LSTM step, without the output gate
struct Gates {
  Tensor i, f, g, o;
  explicit Gates(const Var& gates) {
    const std::size_t h = gates.shape()[1] / 4;
    const auto part = [&](std::size_t k) { return slice(detach(gates), 1, k * h, (k + 1) * h); };
    i = sigmoid(part(0)).value(), f = sigmoid(part(1)).value();
    g = tanh(part(2)).value(), o = sigmoid(part(3)).value();
  }
};

void add_gate(const Var& gates, std::size_t k, const Tensor& d) { // columns k H .. of (B, 4H)
  const std::size_t h = d.shape()[1];
  for (std::size_t r = 0; r < d.shape()[0]; ++r)
    for (std::size_t j = 0; j < h; ++j)
      tapestry::planted::g(gates)[r * 4 * h + k * h + j] += d(r, j);
}

// h' = o tanh(f c + i g) from the gates before their nonlinearities
template <class P> Planted in_lstm(const char* mistake, const char* expected, P pull) {
  const Points points{{random({2, 12}, 9), random({2, 3}, 10)},
                      {random({3, 8}, 11), random({3, 2}, 12)}};
  return plant("lstm_gates", mistake, expected, points, [pull](const Var& gates, const Var& c) {
    const Gates s(gates);
    const Tensor next = s.f * c.value() + s.i * s.g;
    return mine(s.o * xt::tanh(next), {gates, c}, [gates, c, s, next, pull](const Var& y) {
      const Tensor squashed = xt::tanh(next);
      pull(gates, c, s, squashed, y);
    });
  });
}

// x: (T, B, I) composed from operators; `carry` is done to the state between the steps.
template <class Carry> Var composed(const Var& x, const Var& w, const Var& u, Carry carry) {
  Var h = constant(zeros({x.shape()[1], w.shape()[0]}));
  for (std::size_t s = 0; s < x.shape()[0]; ++s) {
    const Var from_input = linear(select(x, 0, s), w);
    const Var from_state = linear(carry(h), u);
    h = tanh(from_input + from_state);
  }
  return h;
}

} // namespace

std::vector<Planted> in_sequences() {
  const Points sequence{{random({3, 2, 2}, 13), random({3, 2}, 14), random({3, 3}, 15)},
                        {random({4, 1, 3}, 16), random({2, 3}, 17), random({2, 2}, 18)}};
  const Points weights{{random({3}, 19)}, {random({4}, 20)}};
  const Points cell{{random({2, 3}, 21), random({2, 3}, 22), random({2, 3}, 23)},
                    {random({3, 4}, 24), random({3, 4}, 25), random({3, 4}, 26)}};

  return {
      in_elman("nothing flows back through the state", "truncated in time",
               [](const Elman& e, const Var& y) {
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor dh = at(y.grad(), s);
                   e.pull_step(y, s, dh * (1 - xt::square(at(y.value(), s))));
                 }
               }),
      in_elman("cut after two steps", "truncated in time",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor slope = 1 - xt::square(at(y.value(), s));
                   e.pull_step(y, s, (at(y.grad(), s) + later) * slope);
                   const Tensor own = at(y.grad(), s) * slope;
                   later = times(own, e.u.value());
                 }
               }),
      in_elman("u meets the state after the step, not before", "shifted in time",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor h = at(y.value(), s);
                   const Tensor dz = (at(y.grad(), s) + later) * (1 - xt::square(h));
                   add_at(e.x.grad(), s, times(dz, e.w.value()));
                   e.w.grad() += times(t(dz), at(e.x.value(), s));
                   e.u.grad() += times(t(dz), h);
                   e.b.grad() += xt::sum(dz, {0});
                   later = times(dz, e.u.value());
                 }
               }),
      in_elman("the input's gradient is written one step late", "shifted in time",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor h = at(y.value(), s);
                   const Tensor dz = (at(y.grad(), s) + later) * (1 - xt::square(h));
                   if (s + 1 < e.steps()) add_at(e.x.grad(), s + 1, times(dz, e.w.value()));
                   e.w.grad() += times(t(dz), at(e.x.value(), s));
                   e.u.grad() += times(t(dz), e.before(y, s));
                   e.b.grad() += xt::sum(dz, {0});
                   later = times(dz, e.u.value());
                 }
               }),
      in_elman("w meets the input of the step before", "shifted in time",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor h = at(y.value(), s);
                   const Tensor dz = (at(y.grad(), s) + later) * (1 - xt::square(h));
                   add_at(e.x.grad(), s, times(dz, e.w.value()));
                   if (s > 0) e.w.grad() += times(t(dz), at(e.x.value(), s - 1));
                   e.u.grad() += times(t(dz), e.before(y, s));
                   e.b.grad() += xt::sum(dz, {0});
                   later = times(dz, e.u.value());
                 }
               }),
      in_elman("the gradient of the step after arrives one step late", "shifted in time",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor h = at(y.value(), s);
                   const Tensor own = s + 1 < e.steps() ? at(y.grad(), s + 1) : zeros(h.shape());
                   const Tensor dz = (own + later) * (1 - xt::square(h));
                   e.pull_step(y, s, dz);
                   later = times(dz, e.u.value());
                 }
               }),
      in_elman("the slope of the tanh forgotten", "missing factor",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor dz = at(y.grad(), s) + later;
                   e.pull_step(y, s, dz);
                   later = times(dz, e.u.value());
                 }
               }),
      in_elman("back through the state without u", "missing factor",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor slope = 1 - xt::square(at(y.value(), s));
                   const Tensor dz = (at(y.grad(), s) + later) * slope;
                   e.pull_step(y, s, dz);
                   later = dz;
                 }
               }),
      in_elman("back through the state with u transposed", "transposed",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor slope = 1 - xt::square(at(y.value(), s));
                   const Tensor dz = (at(y.grad(), s) + later) * slope;
                   e.pull_step(y, s, dz);
                   later = times(dz, t(e.u.value()));
                 }
               }),
      in_elman("the bias is written anew in every step", "overwritten",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor slope = 1 - xt::square(at(y.value(), s));
                   const Tensor dz = (at(y.grad(), s) + later) * slope;
                   add_at(e.x.grad(), s, times(dz, e.w.value()));
                   e.w.grad() += times(t(dz), at(e.x.value(), s));
                   e.u.grad() += times(t(dz), e.before(y, s));
                   e.b.grad() = xt::sum(dz, {0});
                   later = times(dz, e.u.value());
                 }
               }),
      in_elman("divided by the number of steps", "mean for sum",
               [](const Elman& e, const Var& y) {
                 Tensor later = zeros({e.x.shape()[1], e.w.shape()[0]});
                 for (std::size_t s = e.steps(); s-- > 0;) {
                   const Tensor slope = 1 - xt::square(at(y.value(), s));
                   const Tensor dz = (at(y.grad(), s) + later) * slope;
                   e.pull_step(y, s, dz / real(e.steps()));
                   later = times(dz, e.u.value());
                 }
               }),
      plant("Elman, composed", "the state detached in every step", "truncated in time", sequence,
            [](const Var& x, const Var& w, const Var& u) {
              return composed(x, w, u, [](const Var& h) { return detach(h); });
            }),
      plant("Elman, composed", "a gate that overwrites the state's gradient", "overwritten",
            sequence,
            [](const Var& x, const Var& w, const Var& u) {
              return composed(x, w, u, [](const Var& h) {
                const Var half = mine(h.value() * real(0.5), {h},
                                      [h](const Var& y) { h.grad() = y.grad() * real(0.5); });
                const Var rest = h * 0.5;
                return half + rest;
              });
            }),
      plant("Elman, composed", "the state halved on the way back", "constant factor", sequence,
            [](const Var& x, const Var& w, const Var& u) {
              return composed(x, w, u, [](const Var& h) {
                return mine(h.value(), {h},
                            [h](const Var& y) { h.grad() += y.grad() * real(0.5); });
              });
            }),
      plant("Elman, composed", "w alone, the state detached", "truncated in time", weights,
            [](const Var& w) {
              Var h = constant(full(w.shape(), real(0.3)));
              for (int s = 0; s < 4; ++s) h = tanh(detach(h) * w);
              return h;
            }),
      in_lstm("the cell's tanh not pulled back", "missing factor",
              [](const Var& gates, const Var& c, const Gates& s, const Tensor& h, const Var& y) {
                const Tensor dc = y.grad() * s.o;
                add_gate(gates, 0, dc * s.g * s.i * (1 - s.i));
                add_gate(gates, 1, dc * c.value() * s.f * (1 - s.f));
                add_gate(gates, 2, dc * s.i * (1 - xt::square(s.g)));
                add_gate(gates, 3, y.grad() * h * s.o * (1 - s.o));
                c.grad() += dc * s.f;
              }),
      in_lstm("input and forget gate exchanged", "wrong entries",
              [](const Var& gates, const Var& c, const Gates& s, const Tensor& h, const Var& y) {
                const Tensor dc = y.grad() * s.o * (1 - xt::square(h));
                add_gate(gates, 1, dc * s.g * s.i * (1 - s.i));
                add_gate(gates, 0, dc * c.value() * s.f * (1 - s.f));
                add_gate(gates, 2, dc * s.i * (1 - xt::square(s.g)));
                add_gate(gates, 3, y.grad() * h * s.o * (1 - s.o));
                c.grad() += dc * s.f;
              }),
      in_lstm("the candidate's slope as a sigmoid's", "",
              [](const Var& gates, const Var& c, const Gates& s, const Tensor& h, const Var& y) {
                const Tensor dc = y.grad() * s.o * (1 - xt::square(h));
                add_gate(gates, 0, dc * s.g * s.i * (1 - s.i));
                add_gate(gates, 1, dc * c.value() * s.f * (1 - s.f));
                add_gate(gates, 2, dc * s.i * s.g * (1 - s.g));
                add_gate(gates, 3, y.grad() * h * s.o * (1 - s.o));
                c.grad() += dc * s.f;
              }),
      in_lstm("the output gate gets nothing", "zero",
              [](const Var& gates, const Var& c, const Gates& s, const Tensor& h, const Var& y) {
                const Tensor dc = y.grad() * s.o * (1 - xt::square(h));
                add_gate(gates, 0, dc * s.g * s.i * (1 - s.i));
                add_gate(gates, 1, dc * c.value() * s.f * (1 - s.f));
                add_gate(gates, 2, dc * s.i * (1 - xt::square(s.g)));
                c.grad() += dc * s.f;
              }),
      in_lstm("the old cell's gradient with the input gate", "",
              [](const Var& gates, const Var& c, const Gates& s, const Tensor& h, const Var& y) {
                const Tensor dc = y.grad() * s.o * (1 - xt::square(h));
                add_gate(gates, 0, dc * s.g * s.i * (1 - s.i));
                add_gate(gates, 1, dc * c.value() * s.f * (1 - s.f));
                add_gate(gates, 2, dc * s.i * (1 - xt::square(s.g)));
                add_gate(gates, 3, y.grad() * h * s.o * (1 - s.o));
                c.grad() += dc * s.i;
              }),
      // z: the update gate, n: the new state, h: the old one -> (1 - z) n + z h
      plant("GRU's update", "the difference the wrong way round", "sign flipped", cell,
            [](const Var& z, const Var& n, const Var& h) {
              const Tensor out = (1 - z.value()) * n.value() + z.value() * h.value();
              return mine(out, {z, n, h}, [z, n, h](const Var& y) {
                z.grad() += y.grad() * (n.value() - h.value());
                n.grad() += y.grad() * (1 - z.value());
                h.grad() += y.grad() * z.value();
              });
            }),
      plant("GRU's update", "z and 1 - z exchanged", "arguments swapped", cell,
            [](const Var& z, const Var& n, const Var& h) {
              const Tensor out = (1 - z.value()) * n.value() + z.value() * h.value();
              return mine(out, {z, n, h}, [z, n, h](const Var& y) {
                z.grad() += y.grad() * (h.value() - n.value());
                n.grad() += y.grad() * z.value();
                h.grad() += y.grad() * (1 - z.value());
              });
            }),
      plant("GRU's update", "the new state forgotten", "missing term", cell,
            [](const Var& z, const Var& n, const Var& h) {
              const Tensor out = (1 - z.value()) * n.value() + z.value() * h.value();
              return mine(out, {z, n, h}, [z, n, h](const Var& y) {
                z.grad() += y.grad() * h.value();
                n.grad() += y.grad() * (1 - z.value());
                h.grad() += y.grad() * z.value();
              });
            }),
  };
}

} // namespace tapestry::inline TAPESTRY_PRECISION::planted

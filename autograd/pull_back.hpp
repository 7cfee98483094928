// A pull-back: a function object without arguments, kept in pooled memory.
//
// std::function would do, but captures of more than 16 bytes make it call malloc for every record.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "autograd/base/pool.hpp"

namespace tapestry {

class PullBack {
public:
  /// Moves f's captures to where they stay, or copies them if f is not given away.
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, PullBack>) explicit PullBack(F&& f) {
    using Closure = Holder<std::remove_cvref_t<F>>;
    static_assert(alignof(Closure) <= 64);
    held_ = new (pool_allocate(sizeof(Closure))) Closure(std::forward<F>(f));
  }
  PullBack(PullBack&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  PullBack& operator=(PullBack&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~PullBack() {
    if (held_) held_->destroy();
  }

  void operator()() const { held_->call(); }

private:
  struct Base {
    virtual void call() = 0;
    virtual void destroy() noexcept = 0;

  protected:
    ~Base() = default;
  };
  template <class F> struct Holder final : Base {
    F f;
    template <class G> explicit Holder(G&& g) : f(std::forward<G>(g)) {}
    void call() override { f(); }
    void destroy() noexcept override {
      this->~Holder();
      pool_release(this, sizeof(*this));
    }
  };
  Base* held_;
};

} // namespace tapestry

// The list of one small formula, walked forwards and back by hand, in plain doubles.
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "keep.hpp"

namespace {

//> f
double f(double x, double y) { return x * y + x * std::tanh(x * y); }
//< f

// The figure: what was computed from what, and the slope along each arrow.
std::string drawing(double x, double y, double p, double s, double q, double z) {
  std::string dot = "digraph slopes {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n";
  const auto node = [&](const char* name, const char* formula, double value) {
    dot += fmt::format("  {} [label=\"{}\\n{:.4f}\"];\n", name, formula, value);
  };
  const auto arrow = [&](const char* from, const char* to, double slope) {
    dot += fmt::format("  {} -> {} [label=\" {:.4f} \"];\n", from, to, slope);
  };
  node("x", "x", x), node("y", "y", y), node("p", "p = x y", p);
  node("s", "s = tanh p", s), node("q", "q = s x", q), node("z", "z = p + q", z);
  arrow("x", "p", y), arrow("y", "p", x), arrow("p", "s", 1 - s * s);
  arrow("s", "q", x), arrow("x", "q", s), arrow("p", "z", 1), arrow("q", "z", 1);
  return dot + "}\n";
}

} // namespace

int main() {
  //> forward
  const double x = 2, y = 0.5;
  const double p = x * y;
  const double s = std::tanh(p);
  const double q = s * x;
  const double z = p + q;
  //< forward

  //> back
  const double dz = 1;
  double dq = 0, ds = 0, dp = 0, dx = 0, dy = 0;
  dp += dz; // z = p + q
  dq += dz;
  ds += x * dq; // q = s x
  dx += s * dq;
  dp += (1 - s * s) * ds; // s = tanh p
  dx += y * dp;           // p = x y
  dy += x * dp;
  //< back

  fmt::print("Forwards:\n");
  fmt::print("  p = x y       {:.4f}\n  s = tanh p    {:.4f}\n", p, s);
  fmt::print("  q = s x       {:.4f}\n  z = p + q     {:.4f}\n\n", q, z);

  fmt::print("The gradients:\n");
  fmt::print("  dz {:.4f}   dq {:.4f}   ds {:.4f}   dp {:.4f}\n", dz, dq, ds, dp);
  fmt::print("  dx {:.4f}   dy {:.4f}\n\n", dx, dy);

  //> downwards
  const double tx = 1, ty = 0; // slopes in the direction of x
  const double tp = tx * y + x * ty;
  const double ts = (1 - s * s) * tp;
  const double tq = ts * x + s * tx;
  const double tz = tp + tq;
  //< downwards
  fmt::print("Downwards:\n  tp {:.4f}   ts {:.4f}   tq {:.4f}   tz {:.4f}\n\n", tp, ts, tq, tz);

  fmt::print("Products along the paths:\n");
  const double xpz = y, xqz = s, xpsqz = y * (1 - s * s) * x, ypz = x, ypsqz = x * (1 - s * s) * x;
  fmt::print("  x p z      {:.4f}    y p z      {:.4f}\n", xpz, ypz);
  fmt::print("  x q z      {:.4f}    y p s q z  {:.4f}\n", xqz, ypsqz);
  fmt::print("  x p s q z  {:.4f}\n", xpsqz);
  fmt::print("  together   {:.4f}    together   {:.4f}\n\n", xpz + xqz + xpsqz, ypz + ypsqz);

  fmt::print("Measured, with a step of 0.001 to either side:\n");
  //> measured
  const double h = 0.001;
  const double slope_x = (f(x + h, y) - f(x - h, y)) / (2 * h);
  const double slope_y = (f(x, y + h) - f(x, y - h)) / (2 * h);
  //< measured
  fmt::print("  dx {:.4f}   dy {:.4f}\n", slope_x, slope_y);

  tapestry::keep("by_hand.json", fmt::format("{{\"s\": {:.4f}, \"q\": {:.4f}, \"z\": {:.4f}, "
                                             "\"dp_of_s\": {:.4f}, \"dx\": {:.4f}}}\n",
                                             s, q, z, (1 - s * s) * ds, dx));
  tapestry::keep("slopes.dot", drawing(x, y, p, s, q, z));
}

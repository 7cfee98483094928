// Objects are drawn by signed distance: how far a point is from an object's edge, negative within.
// Half a pixel to either side of the edge the coverage falls from 1 to 0, which is all that smooth
// edges need. The formula for polygons is Inigo Quilez's (iquilezles.org/articles/distfunctions2d).
#include "vision/scenes/scene_draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr double pi = 3.14159265358979;

using Rgb = std::array<double, 3>;

struct Point {
  double x, y;
};

constexpr std::array<Rgb, 8> paints{{{0.86, 0.10, 0.12},
                                     {0.08, 0.66, 0.18},
                                     {0.10, 0.25, 0.88},
                                     {0.99, 0.90, 0.12},
                                     {0.56, 0.14, 0.70},
                                     {1.00, 0.52, 0.04},
                                     {0.97, 0.97, 0.97},
                                     {0.05, 0.05, 0.06}}};

// The corners of a form of radius 1 around the origin; none for circle and ring.
std::vector<Point> corners(Form form) {
  std::vector<Point> result;
  const auto around = [&](int n, double start, double even, double odd) {
    for (int i = 0; i < n; ++i) {
      const double angle = start + 2 * pi * i / n, r = i % 2 == 0 ? even : odd;
      result.push_back({r * std::cos(angle), r * std::sin(angle)});
    }
  };
  const double arm = 1.08, half = 0.36;
  switch (form) {
  case Form::square:
    around(4, pi / 4, 1.22, 1.22);
    break;
  case Form::triangle:
    around(3, -pi / 2, 1.30, 1.30);
    break;
  case Form::star:
    around(10, -pi / 2, 1.30, 0.56);
    break;
  case Form::cross:
    result = {{-half, -arm}, {half, -arm}, {half, -half}, {arm, -half},
              {arm, half},   {half, half}, {half, arm},   {-half, arm},
              {-half, half}, {-arm, half}, {-arm, -half}, {-half, -half}};
    break;
  default:
    break;
  }
  return result;
}

double polygon_distance(const std::vector<Point>& polygon, Point p) {
  double nearest = 1e9;
  bool within = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point a = polygon[i], b = polygon[j];
    const Point edge{b.x - a.x, b.y - a.y}, to{p.x - a.x, p.y - a.y};
    const double along =
        std::clamp((to.x * edge.x + to.y * edge.y) / (edge.x * edge.x + edge.y * edge.y), 0.0, 1.0);
    nearest = std::min(nearest, std::hypot(to.x - along * edge.x, to.y - along * edge.y));
    const bool crosses = (a.y > p.y) != (b.y > p.y);
    if (crosses && p.x < edge.x * to.y / edge.y + a.x) within = !within;
  }
  return within ? -nearest : nearest;
}

// The distance, in radii, of a point from an object's edge; the point in radii from its centre.
double edge_distance(Form form, const std::vector<Point>& polygon, Point p) {
  const double r = std::hypot(p.x, p.y);
  if (form == Form::circle) return r - 1;
  if (form == Form::ring) return std::abs(r - 0.8) - 0.2;
  return polygon_distance(polygon, p);
}

double jitter(Rng& rng, double most) { return rng.uniform(-most, most); }

// A canvas is a tensor (3, side, side); pixel i lies at ((i % side + 0.5) / side, ...).
void draw_object(const Object& object, Rng& rng, Tensor& canvas) {
  const std::size_t side = canvas.shape(1);
  const auto pixels = static_cast<double>(side);
  Rgb paint = paints[static_cast<std::size_t>(object.colour)];
  for (double& channel : paint) channel += jitter(rng, 0.025);
  const double tilt = jitter(rng, 0.14), cosine = std::cos(tilt), sine = std::sin(tilt);
  const std::vector<Point> polygon = corners(object.form);

  const double reach = 1.35 * object.radius;
  const auto pixel = [&](double x) {
    return static_cast<std::size_t>(std::clamp(std::floor(x * pixels), 0.0, pixels));
  };
  for (std::size_t y = pixel(object.y - reach); y < pixel(object.y + reach + 1 / pixels); ++y)
    for (std::size_t x = pixel(object.x - reach); x < pixel(object.x + reach + 1 / pixels); ++x) {
      const double dx = ((static_cast<double>(x) + 0.5) / pixels - object.x) / object.radius;
      const double dy = ((static_cast<double>(y) + 0.5) / pixels - object.y) / object.radius;
      const Point p{cosine * dx + sine * dy, cosine * dy - sine * dx};
      const double distance = edge_distance(object.form, polygon, p) * object.radius * pixels;
      const double cover = std::clamp(0.5 - distance, 0.0, 1.0);
      if (cover == 0) continue;
      const double light = 1 - 0.05 * (dx + dy); // from the upper left
      for (std::size_t c = 0; c < 3; ++c) {
        real& out = canvas.data()[(c * side + y) * side + x];
        const double colour = std::clamp(paint[c] * light, 0.0, 1.0);
        out = static_cast<real>((1 - cover) * static_cast<double>(out) + cover * colour);
      }
    }
}

// Random values on a grid of 6 x 6, smoothly joined.
class CloudNoise {
public:
  explicit CloudNoise(Rng& rng) {
    for (double& v : grid_) v = jitter(rng, 1);
  }
  double at(double x, double y) const {
    const double gx = x * (n - 1.001), gy = y * (n - 1.001);
    const auto i = static_cast<std::size_t>(gx), j = static_cast<std::size_t>(gy);
    const double u = smooth(gx - static_cast<double>(i)), v = smooth(gy - static_cast<double>(j));
    const double* g = grid_.data() + j * n + i;
    return (1 - v) * ((1 - u) * g[0] + u * g[1]) + v * ((1 - u) * g[n] + u * g[n + 1]);
  }

private:
  static constexpr std::size_t n = 6;
  static double smooth(double t) { return t * t * (3 - 2 * t); }
  std::array<double, n * n> grid_;
};

// From -1 to 1 with soft flanks: stripes of the given width.
double wave(double x, double width) { return std::clamp(4 * std::sin(pi * x / width), -1.0, 1.0); }

void draw_background(Background kind, Rng& rng, Tensor& canvas) {
  const std::size_t side = canvas.shape(1);
  const double grey = rng.uniform(0.44, 0.62); // white and black both stand out
  Rgb base, change;
  const double contrast = rng.uniform(0.035, 0.07);
  for (std::size_t c = 0; c < 3; ++c) {
    base[c] = grey + jitter(rng, 0.05);
    change[c] = contrast + jitter(rng, 0.02);
  }
  const double angle = rng.uniform(0, 2 * pi), cosine = std::cos(angle), sine = std::sin(angle);
  const double width = rng.uniform(0.08, 0.16);
  const CloudNoise noise(rng);
  for (std::size_t y = 0; y < side; ++y)
    for (std::size_t x = 0; x < side; ++x) {
      const double u = (static_cast<double>(x) + 0.5) / static_cast<double>(side);
      const double v = (static_cast<double>(y) + 0.5) / static_cast<double>(side);
      const double along = cosine * (u - 0.5) + sine * (v - 0.5);
      double level = 0; // from -1 to 1
      switch (kind) {
      case Background::plain:
        break;
      case Background::gradient:
        level = 2 * along;
        break;
      case Background::noise:
        level = 1.4 * noise.at(u, v);
        break;
      case Background::stripes:
        level = 0.6 * wave(along, width);
        break;
      case Background::checks:
        level = 0.6 * wave(u, width) * wave(v, width);
        break;
      }
      for (std::size_t c = 0; c < 3; ++c)
        canvas.data()[(c * side + y) * side + x] = static_cast<real>(base[c] + change[c] * level);
    }
}

} // namespace

Tensor draw_scene(const Scene& scene, std::size_t side) {
  Tensor canvas = zeros({3, side, side});
  Rng rng(scene.texture);
  draw_background(scene.background, rng, canvas);
  for (const Object& object : scene.objects) draw_object(object, rng, canvas);
  return canvas;
}

} // namespace tapestry::inline TAPESTRY_PRECISION

#include <atomic>
#include <stdexcept>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "vision/images/loader.hpp"

using namespace tapestry;

namespace {

std::vector<std::string> many_paths(std::size_t n) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < n; ++i) paths.push_back(std::to_string(i));
  return paths;
}

Tensor as_number(const std::string& path, std::size_t number) {
  if (number % 7 == 3) throw std::runtime_error(path + ": not a picture");
  if (number % 5 == 0) std::this_thread::yield(); // some take longer
  return full({1, 2, 2}, static_cast<real>(number));
}

} // namespace

BOOST_AUTO_TEST_SUITE(loader)

BOOST_AUTO_TEST_CASE(in_order_and_without_the_bad_ones) {
  for (const std::size_t threads : {1u, 2u, 9u})
    for (const std::size_t ahead : {1u, 3u, 500u}) {
      ImageLoader loader(many_paths(200), as_number,
                         {.skip_bad = true, .threads = threads, .ahead = ahead});
      std::size_t expected = 0, count = 0;
      while (const auto loaded = loader.next()) {
        if (expected % 7 == 3) ++expected;
        BOOST_REQUIRE(loaded->number == expected++);
        BOOST_REQUIRE(loaded->image(0, 1, 1) == static_cast<real>(loaded->number));
        ++count;
      }
      BOOST_TEST(count == 171u);
      BOOST_REQUIRE(loader.skipped().size() == 29u);
      BOOST_TEST(loader.skipped()[1].number == 10u);
      BOOST_TEST(loader.skipped()[1].path == "10");
      BOOST_TEST(loader.skipped()[1].problem == "10: not a picture");
      BOOST_TEST(!loader.next());
    }
}

BOOST_AUTO_TEST_CASE(an_error_belongs_to_its_picture) {
  ImageLoader loader(many_paths(5), as_number, {.threads = 2});
  for (const std::size_t number : {0u, 1u, 2u}) BOOST_TEST(loader.next()->number == number);
  BOOST_CHECK_THROW(loader.next(), std::runtime_error);
  BOOST_TEST(loader.next()->number == 4u);
  BOOST_TEST(!loader.next());
}

BOOST_AUTO_TEST_CASE(no_more_ahead_than_asked) {
  std::atomic<int> prepared{0};
  const auto count = [&](const std::string&, std::size_t) {
    ++prepared;
    return full({1, 1, 1}, 0);
  };
  ImageLoader loader(many_paths(100), count, {.threads = 4, .ahead = 6});
  for (int fetched = 1; fetched <= 100; ++fetched) {
    BOOST_REQUIRE(loader.next());
    BOOST_REQUIRE(prepared <= fetched + 6);
  }
}

BOOST_AUTO_TEST_CASE(an_early_end) {
  for (const std::size_t fetched : {0u, 1u, 20u}) {
    ImageLoader loader(many_paths(1000), as_number, {.skip_bad = true, .threads = 3});
    for (std::size_t i = 0; i < fetched; ++i) loader.next();
  }
  ImageLoader none({}, as_number);
  BOOST_TEST(!none.next());
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include "text/scenes/scene_truth.hpp"

using namespace tapestry;
using std::string;

namespace {

// A small red circle, a large blue square to its right, a small green star below the circle.
const Scene the_scene{Background::plain,
                      1,
                      {{Form::circle, Colour::red, 0.2, 0.2, 0.12},
                       {Form::square, Colour::blue, 0.7, 0.25, 0.2},
                       {Form::star, Colour::green, 0.25, 0.75, 0.13}}};
const Scene nested{
    Background::plain,
    1,
    {{Form::ring, Colour::white, 0.5, 0.5, 0.32}, {Form::cross, Colour::black, 0.5, 0.5, 0.11}}};

string reason(const string& caption, const Scene& of = the_scene) {
  return check_caption(caption, of).reason;
}

} // namespace

BOOST_AUTO_TEST_SUITE(scene_truth)

BOOST_AUTO_TEST_CASE(what_is_true) {
  for (const char* caption :
       {"a red circle", "A small red circle.", "there is a red circle", "the picture shows a star",
        "a red circle left of a blue square", "a red circle is to the left of a large blue square",
        "a blue square right of the circle", "a blue square with a red circle on its left",
        "a red circle above a green star and left of a blue square",
        "a red circle is left of a blue square and above a green star",
        "a red circle left of a blue square, and a green star",
        "a red circle, a blue square and a green star", "a red circle , a blue square and a star",
        "a red circle that is left of a blue square", "we see a star with a red circle above it",
        "a green star below a red circle left of a blue square"})
    BOOST_TEST(check_caption(caption, the_scene).is_true, caption << ": " << reason(caption));
  for (const char* caption :
       {"a black cross inside a white ring", "a large white ring around a small black cross",
        "a white ring with a black cross inside", "a black cross in a ring"})
    BOOST_TEST(check_caption(caption, nested).is_true, caption << ": " << reason(caption, nested));
}

BOOST_AUTO_TEST_CASE(what_is_named_and_claimed) {
  const auto named = [](const string& caption, const Scene& of = the_scene) {
    return check_caption(caption, of).named;
  };
  BOOST_TEST(named("a red circle") == 1u);
  BOOST_TEST(named("a red circle left of a blue square") == 2u);
  BOOST_TEST(named("a blue square left of a red circle") == 2u); // wrong, but both are there
  BOOST_TEST(named("a purple ring, a blue square and a star") == 2u);
  BOOST_TEST(named("a star and a star") == 1u);  // there is only one
  BOOST_TEST(named("a red circle of of") == 0u); // cannot be read
  // "a circle" must be the green one, so that "a red circle" can be the other.
  const Scene two{
      Background::plain,
      1,
      {{Form::circle, Colour::red, 0.2, 0.5, 0.12}, {Form::circle, Colour::green, 0.7, 0.5, 0.12}}};
  BOOST_TEST(named("a circle and a red circle", two) == 2u);

  const auto claims = [](const string& caption) {
    return check_caption(caption, the_scene).claims;
  };
  BOOST_TEST(claims("a circle") == 1u);
  BOOST_TEST(claims("a small red circle") == 3u);
  BOOST_TEST(claims("there is a red circle left of a large blue square") == 6u);
  BOOST_TEST(claims("a purple ring") == 2u); // whether true or not
  BOOST_TEST(claims("a red circle of of") == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_false_and_why) {
  BOOST_TEST(reason("a purple ring") == "no purple ring");
  BOOST_TEST(reason("a blue circle left of a red square") == "no blue circle");
  BOOST_TEST(reason("a red circle and a blue star") == "no blue star");
  BOOST_TEST(reason("a large red circle") == "the red circle is not large");
  BOOST_TEST(reason("a small blue square and a red circle") == "the blue square is not small");
  BOOST_TEST(reason("a blue square left of a red circle") ==
             "the blue square is not left of the red circle");
  BOOST_TEST(reason("a red circle above a blue square") ==
             "the red circle is not above the blue square");
  BOOST_TEST(reason("a red circle with a blue square to its left") ==
             "the blue square is not left of the red circle");
  BOOST_TEST(reason("a red circle left of a blue square and below a green star") ==
             "the red circle is not below the green star");
  BOOST_TEST(reason("a red circle inside a blue square") ==
             "the red circle is not inside the blue square");
  BOOST_TEST(reason("a white ring inside a black cross", nested) ==
             "the white ring is not inside the black cross");
  BOOST_TEST(reason("a red circle and a red circle") == "no second red circle");
  BOOST_TEST(reason("a red circle left of a red circle") == "no second red circle");
  BOOST_TEST(reason("a red circle, a blue square, a green star and a circle") ==
             "no second circle");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read) {
  BOOST_TEST(reason("") == "ends too early");
  BOOST_TEST(reason("a red") == "cannot read \"a red\"");
  BOOST_TEST(reason("there is") == "ends too early");
  BOOST_TEST(reason("a red circle left of") == "ends too early");
  BOOST_TEST(reason("a red circle left of of a blue square") == "cannot read \"of a\"");
  BOOST_TEST(reason("a red circle a blue square") == "cannot read \"a blue\"");
  BOOST_TEST(reason("a red circle and") == "ends too early");
  BOOST_TEST(reason("a dog in the grass") == "cannot read \"dog in\"");
  BOOST_TEST(reason("a red circle <unk>") == "cannot read \"<unk>\"");
  BOOST_TEST(reason("a red circle . .") == "cannot read \".\"");
}

// The same kind twice: one assignment must make everything true at once.
BOOST_AUTO_TEST_CASE(one_assignment_for_all) {
  const Scene circles{
      Background::plain,
      1,
      {{Form::circle, Colour::red, 0.2, 0.5, 0.12}, {Form::circle, Colour::blue, 0.8, 0.5, 0.2}}};
  BOOST_TEST(reason("a circle and a circle", circles) == "");
  BOOST_TEST(reason("a circle right of a circle", circles) == "");
  BOOST_TEST(reason("a large circle right of a circle", circles) == "");
  BOOST_TEST(reason("a large circle left of a circle", circles) ==
             "the large circle is not left of the circle");
  BOOST_TEST(reason("a red circle right of a circle", circles) ==
             "the red circle is not right of the circle");
  BOOST_TEST(reason("a circle above a circle", circles) == "the circle is not above the circle");
}

BOOST_AUTO_TEST_SUITE_END()

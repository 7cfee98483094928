// The text that this chapter's programs read where they are given none: sentences from a small
// grammar.
//
// Its words are of kinds: animals, foods, capitals, countries, languages, and persons, each in two
// forms. Sentences say things of a kind (an animal chases, food is cooked) and tie words in pairs
// (in paris they speak french, and in france too). Nothing says which word is of which kind.
#pragma once

#include <string>
#include <vector>

#include "autograd/random.hpp"

namespace small_text {

using tapestry::Rng;
using Words = std::vector<std::string>;

inline const Words animals{"cat", "dog", "horse", "cow", "sheep", "goat", "fox", "rabbit"};
inline const Words foods{"bread", "cheese", "soup", "rice", "fish", "cake", "apple", "pear"};
inline const Words countries{"france", "spain", "italy", "greece", "japan", "norway"};
inline const Words capitals{"paris", "madrid", "rome", "athens", "tokyo", "oslo"};
inline const Words languages{"french", "spanish", "italian", "greek", "japanese", "norwegian"};
inline const Words men{"man", "king", "prince", "actor", "waiter", "uncle"};
inline const Words women{"woman", "queen", "princess", "actress", "waitress", "aunt"};
// What only the pair of the same number does.
inline const Words deeds{"works in the field", "rules the land",    "waits for the crown",
                         "plays on the stage", "brings the plates", "visits the children"};

//> grammar
inline std::string sentence(Rng& rng) {
  const std::size_t place = rng.below(countries.size()), person = rng.below(men.size());
  const bool woman = rng.chance(0.5);
  const std::string who = "the " + (woman ? women : men)[person];
  const std::string they = woman ? "she" : "he", their = woman ? "her" : "his";
  switch (rng.below(8)) {
  case 0:
    return "the " + rng.pick(animals) + " chases the " + rng.pick(animals) + " over the hill";
  case 1:
    return "a " + rng.pick(animals) + " sleeps in the barn and a " + rng.pick(animals) + " runs";
  case 2:
    return who + " eats " + rng.pick(foods) + " and " + rng.pick(foods) + " for lunch";
  case 3:
    return who + " cooks fresh " + rng.pick(foods) + " in " + their + " kitchen";
  case 4:
    return who + " " + deeds[person] + " and " + they + " likes " + their + " work";
  case 5:
    return "in the city of " + capitals[place] + " they speak " + languages[place];
  case 6:
    return "in the whole country of " + countries[place] + " they speak " + languages[place];
  default:
    return they + " " + deeds[person] + " with " + their + " friends";
  }
}
//< grammar

/// So many sentences, one a line.
inline std::string make(std::size_t sentences, std::uint64_t seed) {
  Rng rng(seed);
  std::string text;
  for (std::size_t i = 0; i < sentences; ++i) text += sentence(rng) + "\n";
  return text;
}

} // namespace small_text

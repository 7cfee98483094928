#include "text/corpora/small_texts.hpp"

#include <cctype>

#include "autograd/random.hpp"

namespace tapestry {
namespace {

using Words = std::vector<std::string>;

const Words people{"mother", "father", "sister", "friend", "teacher", "neighbour", "kid", "doctor"};
const Words animals{"dog", "cat", "horse", "bird", "fox", "goat"};
const Words things{"car",   "assignment", "book",  "door",   "letter", "clock",
                   "table", "bicycle",    "watch", "window", "light",  "problem"};
const Words qualities{"smart", "old", "small", "red", "quiet", "light", "new", "heavy", "open"};
const Words owners{"my", "your", "her", "his", "our", "their"};
const Words articles{"the", "a", "every", "this"};
const Words deeds{"ate",    "saved", "solved",  "found",  "sold",
                  "opened", "lost",  "painted", "watched"};
const Words states{"works", "sleeps", "runs", "waits", "sings", "falls"};
const Words places{"in", "near", "behind", "under", "on"};
const Words manners{"quickly", "slowly", "today", "again", "often", "never"};

// Builds a sentence word by word, each with its tag.
struct Builder {
  explicit Builder(Rng& generator) : rng(generator) {}

  void add(const std::string& word, const char* tag) {
    made.words.push_back(word);
    made.tags.emplace_back(tag);
  }
  void noun_phrase(bool person) {
    add(rng.chance(0.5) ? rng.pick(owners) : rng.pick(articles), "DET");
    while (rng.chance(0.3) && made.words.size() < 12) add(rng.pick(qualities), "ADJ");
    add(person ? rng.pick(rng.chance(0.5) ? people : animals) : rng.pick(things), "NOUN");
  }
  void place() {
    add(rng.pick(places), "ADP");
    noun_phrase(false);
  }
  void sentence() {
    switch (rng.below(6)) {
    case 0: // my car works
      noun_phrase(rng.chance(0.5));
      add(rng.pick(states), "VERB");
      if (rng.chance(0.4)) add(rng.pick(manners), "ADV");
      break;
    case 1: // the works of my sister fell: "works" as a noun
      add(rng.pick(articles), "DET");
      add("works", "NOUN");
      add("of", "ADP");
      noun_phrase(true);
      add(rng.chance(0.5) ? "matter" : "hang", "VERB");
      place();
      break;
    case 2: // they watch the light: "watch" as a verb
      add(rng.pick(Words{"they", "we", "you"}), "PRON");
      add(rng.pick(Words{"watch", "light", "open", "book"}), "VERB");
      noun_phrase(false);
      break;
    case 3: // there is a dog near the door
      add("there", "PRON");
      add("is", "VERB");
      noun_phrase(true);
      place();
      break;
    case 4: // the door is open
      noun_phrase(false);
      add("is", "AUX");
      add(rng.pick(qualities), "ADJ");
      break;
    default: // my dog ate the assignment
      noun_phrase(true);
      add(rng.pick(deeds), "VERB");
      noun_phrase(false);
      if (rng.chance(0.3)) place();
      break;
    }
  }

  Rng& rng;
  TaggedSentence made;
};

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

const Words good{"good", "great", "fresh", "friendly", "lovely", "excellent"};
const Words bad{"bad", "awful", "stale", "rude", "dull", "terrible"};
const Words subjects{"the soup",  "this restaurant", "the service", "the food",
                     "this film", "the music",       "the room",    "the story"};
const Words verbs{"is", "was", "seems", "felt"};

// What is said of the subject, and whether that praises.
std::string opinion(bool praise, Rng& rng) {
  const Words &same = praise ? good : bad, &opposite = praise ? bad : good;
  switch (rng.below(7)) {
  case 0:
    return rng.pick(same);
  case 1:
    return "not " + rng.pick(opposite) + (rng.chance(0.5) ? " at all" : "");
  case 2:
    return "never " + rng.pick(opposite);
  case 3:
    return rng.pick(same) + " , not " + rng.pick(opposite);
  case 4:
    return "not only " + rng.pick(same) + " but " + rng.pick(same);
  case 5:
    return "far from " + rng.pick(opposite);
  default:
    return "anything but " + rng.pick(opposite);
  }
}

} // namespace

std::vector<TaggedSentence> small_tagged(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<TaggedSentence> all;
  while (all.size() < count) {
    Builder builder(rng);
    builder.sentence();
    if (rng.chance(0.3)) builder.add(".", "PUNCT");
    all.push_back(std::move(builder.made));
  }
  return all;
}

std::vector<LabelledText> small_reviews(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<LabelledText> all;
  while (all.size() < count) {
    const bool praise = rng.chance(0.5);
    std::string text = rng.pick(subjects) + " " + rng.pick(verbs) + " ";
    if (rng.chance(0.25)) // what comes after "but" decides
      text += opinion(!praise, rng) + " , but " + rng.pick(subjects) + " " + rng.pick(verbs) + " ";
    all.push_back({text + opinion(praise, rng), praise ? "1" : "0"});
  }
  return all;
}

std::string small_stories(std::size_t characters, std::uint64_t seed) {
  Rng rng(seed);
  std::string text;
  while (text.size() < characters) {
    for (std::size_t n = 1 + rng.below(4); n > 0; --n) {
      Builder builder(rng);
      builder.sentence();
      std::string sentence = joined(builder.made.words);
      sentence[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence[0])));
      text += sentence + (n > 1 ? ". " : ".\n");
    }
  }
  return text;
}

} // namespace tapestry

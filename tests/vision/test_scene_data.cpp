#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "temporary_folder.hpp"
#include "text/scenes/scene_truth.hpp"
#include "vision/images/image.hpp"
#include "vision/scenes/scene_data.hpp"
#include "vision/scenes/scene_draw.hpp"

using namespace tapestry;
using std::string;

namespace {

const SceneDataOptions few{.train = 30, .dev = 5, .test = 10, .seed = 3, .side = 32};

std::vector<string> lines_of(const string& path) {
  std::istringstream text(read_file(path));
  std::vector<string> lines;
  for (string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::map<string, string> contents(const string& folder) {
  std::map<string, string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(folder).string()] = read_file(entry.path().string());
  return files;
}

} // namespace

BOOST_AUTO_TEST_SUITE(scene_data)

BOOST_AUTO_TEST_CASE(a_folder_in_the_layout_of_flickr8k) {
  const TemporaryFolder folder;
  BOOST_TEST(!scenes_complete(folder.path(), few));
  std::size_t done = 0;
  write_scenes(folder.path(), few, [&](std::size_t now, std::size_t total) {
    BOOST_TEST((now > done && now <= total));
    done = now;
  });
  BOOST_TEST(done == 45u);
  BOOST_TEST(scenes_complete(folder.path(), few));
  SceneDataOptions other = few;
  other.seed = 4;
  BOOST_TEST(!scenes_complete(folder.path(), other));

  const std::vector<string> train = lines_of(folder / "Flickr_8k.trainImages.txt");
  const std::vector<string> test = lines_of(folder / "Flickr_8k.testImages.txt");
  BOOST_TEST(train.size() == 30u);
  const std::vector<string> dev = lines_of(folder / "Flickr_8k.devImages.txt");
  BOOST_TEST(dev.size() == 5u);
  BOOST_TEST(test.size() == 10u);

  const std::map<string, Scene> scenes = read_layouts(folder.path());
  BOOST_TEST(scenes.size() == 45u);
  const auto shows = [&](const string& name, Part part) {
    for (const Object& o : scenes.at(name).objects)
      if (kept_for(o.colour, o.form) == part) return true;
    return false;
  };
  for (const string& name : train)
    BOOST_TEST((!shows(name, Part::dev) && !shows(name, Part::test)));
  for (std::size_t i = 0; i < dev.size(); ++i) // every second one, from the first
    BOOST_TEST((shows(dev[i], Part::dev) == (i % 2 == 0) && !shows(dev[i], Part::test)));
  for (std::size_t i = 0; i < test.size(); ++i)
    BOOST_TEST((shows(test[i], Part::test) == (i % 2 == 0) && !shows(test[i], Part::dev)));

  std::map<string, int> captions;
  for (const string& line : lines_of(folder / "Flickr8k.token.txt")) {
    const std::size_t hash = line.find('#'), tab = line.find('\t');
    const string name = line.substr(0, hash);
    BOOST_TEST(line.substr(hash + 1, tab - hash - 1) == std::to_string(captions[name]++));
    BOOST_TEST(check_caption(line.substr(tab + 1), scenes.at(name)).is_true, line);
  }
  const std::vector<string> english = lines_of(folder / "Flickr8k.token.txt");
  const std::vector<string> spanish = lines_of(folder / "spanish.token.txt");
  BOOST_REQUIRE(spanish.size() == english.size());
  std::vector<string> tagged; // NAME#NUMBER<TAB>caption again, from the comments
  std::size_t words = 0;
  for (const string& line : lines_of(folder / "tags.conllu")) {
    if (line.starts_with("# sent_id = ")) tagged.push_back(line.substr(12) + "\t");
    if (line.starts_with("# text = ")) tagged.back() += line.substr(9), words = 0;
    if (line.empty() || line[0] == '#') continue;
    BOOST_TEST(line.starts_with(std::to_string(++words) + "\t"));
    BOOST_TEST(std::count(line.begin(), line.end(), '\t') == 9);
  }
  BOOST_TEST(tagged == english);
  for (std::size_t i = 0; i < english.size(); ++i)
    BOOST_TEST(spanish[i].starts_with(english[i].substr(0, english[i].find('\t') + 1)));

  for (const auto& [name, scene] : scenes) {
    BOOST_TEST(captions[name] == 5);
    const Tensor picture = read_image(folder / "Flicker8k_Dataset/" + name);
    const Tensor drawn = draw_scene(scene, 32);
    double worst = 0;
    for (std::size_t i = 0; i < drawn.size(); ++i)
      worst = std::max(worst, double{std::abs(picture.data()[i] - drawn.data()[i])});
    BOOST_TEST(worst < 0.51 / 255);
  }

  std::filesystem::remove(folder / "Flicker8k_Dataset/scene_00007.png");
  BOOST_TEST(!scenes_complete(folder.path(), few));
}

BOOST_AUTO_TEST_CASE(the_same_options_give_the_same_files) {
  const TemporaryFolder a, b;
  write_scenes(a.path(), few);
  write_scenes(b.path(), few);
  write_scenes(b.path(), few); // over itself
  BOOST_TEST((contents(a.path()) == contents(b.path())));
  SceneDataOptions other = few;
  other.seed = 4;
  write_scenes(b.path(), other);
  BOOST_TEST(contents(a.path())["layouts.json"] != contents(b.path())["layouts.json"]);
}

BOOST_AUTO_TEST_CASE(an_interrupted_folder_does_not_look_complete) {
  const TemporaryFolder folder;
  write_scenes(folder.path(), few);
  const auto interrupt = [](std::size_t, std::size_t) { throw std::runtime_error("stop"); };
  BOOST_TEST(message_of([&] { write_scenes(folder.path(), few, interrupt); }) == "stop");
  BOOST_TEST(!scenes_complete(folder.path(), few));
  BOOST_TEST(!std::filesystem::exists(folder / "Flickr_8k.trainImages.txt"));
  write_scenes(folder.path(), few);
  BOOST_TEST(scenes_complete(folder.path(), few));
}

BOOST_AUTO_TEST_CASE(other_data_is_not_overwritten) {
  const TemporaryFolder folder;
  write_file(folder / "Flickr8k.token.txt", "precious");
  BOOST_CHECK_THROW(write_scenes(folder.path(), few), FormatError);
  BOOST_TEST(read_file(folder / "Flickr8k.token.txt") == "precious");
  BOOST_CHECK_THROW(write_scenes("/dev/null/scenes", few), FormatError);
  BOOST_CHECK_THROW(write_scenes("/proc/scenes", few), FormatError);
}

BOOST_AUTO_TEST_CASE(damaged_layouts_are_named) {
  const TemporaryFolder folder;
  BOOST_TEST(message_of([&] { read_layouts(folder.path()); }) ==
             folder / "layouts.json: no such file");
  write_file(folder / "layouts.json", "{\"a.png\": {\"background\": \"plai");
  BOOST_TEST(message_of([&] { read_layouts(folder.path()); }) ==
             folder / "layouts.json: not a JSON object of scenes by name");
  write_file(folder / "layouts.json", "{\"a.png\": 3}");
  BOOST_TEST(message_of([&] {
               read_layouts(folder.path());
             }).starts_with(folder / "layouts.json: a.png: not a scene"));
}

BOOST_AUTO_TEST_SUITE_END()

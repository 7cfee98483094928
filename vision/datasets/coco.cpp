#include "vision/datasets/coco.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "vision/datasets/byte_stream.hpp"

namespace tapestry {
namespace {

// The bytes of a file, one by one, and how many have been taken.
class JsonBytes {
public:
  explicit JsonBytes(const std::string& path) : file_(path) { refill(); }
  bool done() const { return next_ == count_; }
  char now() const { return block_[next_]; }
  void step() {
    if (++next_ == count_) refill();
  }
  std::uint64_t at() const { return file_.at() - (count_ - next_); }

private:
  void refill() {
    next_ = 0;
    count_ = file_.read(block_.data(), block_.size());
  }
  ByteStream file_;
  std::vector<char> block_ = std::vector<char>(1 << 16);
  std::size_t next_ = 0, count_ = 0;
};

// The same as the parser wants it.
struct JsonIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  JsonBytes* bytes = nullptr; // none: the end
  char operator*() const { return bytes->now(); }
  JsonIterator& operator++() {
    bytes->step();
    return *this;
  }
  JsonIterator operator++(int) { return ++*this; }
  bool at_end() const { return !bytes || bytes->done(); }
  bool operator==(const JsonIterator& other) const { return at_end() == other.at_end(); }
  bool operator!=(const JsonIterator& other) const { return !(*this == other); }
};

// An entry of `images`, `annotations` or `categories`: those of its fields that anybody asks for.
struct CocoEntry {
  std::unordered_map<std::string, std::int64_t> numbers;
  std::unordered_map<std::string, std::string> texts;
  std::optional<std::vector<double>> box;
};

std::string one_space_each(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

// What the files have said so far. An annotation may stand before its picture.
class CocoCollector {
public:
  void add(const std::string& section, const CocoEntry& entry, const std::string& path,
           std::uint64_t at) {
    const auto number = [&](const char* name) {
      const auto found = entry.numbers.find(name);
      if (found == entry.numbers.end())
        throw FormatError(path, at, fmt::format("an entry of {} without {}", section, name));
      return found->second;
    };
    const auto text = [&](const char* name) -> const std::string& {
      const auto found = entry.texts.find(name);
      if (found == entry.texts.end() || found->second.empty())
        throw FormatError(path, at, fmt::format("an entry of {} without {}", section, name));
      return found->second;
    };
    const auto size = [&](const char* name) {
      return entry.numbers.contains(name) ? number(name) : 0;
    };
    if (section == "images") {
      add_image({number("id"), text("file_name"), size("width"), size("height"), {}, {}}, path, at);
    } else if (section == "categories") {
      const auto [place, fresh] = categories_.emplace(number("id"), data_.categories.size());
      if (fresh)
        data_.categories.push_back(text("name"));
      else if (data_.categories[place->second] != text("name"))
        throw FormatError(path, at, fmt::format("category {} comes twice", place->first));
    } else {
      const std::int64_t image = number("image_id");
      if (entry.texts.contains("caption")) {
        captions_.push_back({image, one_space_each(entry.texts.at("caption"))});
      } else if (entry.box) {
        if (entry.box->size() != 4)
          throw FormatError(path, at,
                            fmt::format("a bbox of {} numbers; expected 4", entry.box->size()));
        const auto& box = *entry.box;
        objects_.push_back({image,
                            number("category_id"),
                            &path,
                            at,
                            {0, box[0], box[1], box[2], box[3], size("iscrowd") != 0}});
      } else {
        throw FormatError(path, at, "an entry of annotations without caption or bbox");
      }
    }
  }

  CocoData finished() {
    for (Caption& caption : captions_) {
      const auto place = places_.find(caption.image);
      if (caption.text.empty())
        ++data_.empty_captions;
      else if (place == places_.end())
        ++data_.stray_captions;
      else
        data_.images[place->second].captions.push_back(std::move(caption.text));
    }
    for (Object& object : objects_) {
      const auto category = categories_.find(object.category);
      if (category == categories_.end())
        throw FormatError(*object.path, object.at,
                          fmt::format("category {} is not in the file", object.category));
      object.object.category = category->second;
      const auto place = places_.find(object.image);
      if (place == places_.end())
        ++data_.stray_objects;
      else
        data_.images[place->second].objects.push_back(object.object);
    }
    return std::move(data_);
  }

  // In one file an id comes once; captions and instances list the same pictures.
  void next_file() { seen_.clear(); }

private:
  struct Caption {
    std::int64_t image;
    std::string text;
  };
  struct Object {
    std::int64_t image, category;
    const std::string* path; // for errors
    std::uint64_t at;
    CocoObject object;
  };

  void add_image(CocoImage image, const std::string& path, std::uint64_t at) {
    const auto [place, fresh] = places_.emplace(image.id, data_.images.size());
    if (!seen_.insert(image.id).second)
      throw FormatError(path, at, fmt::format("the picture {} comes twice", image.id));
    if (fresh)
      data_.images.push_back(std::move(image));
    else if (const std::string& known = data_.images[place->second].file_name;
             known != image.file_name)
      throw FormatError(path, at,
                        fmt::format("the picture {} is {} here, and {} in another file", image.id,
                                    image.file_name, known));
  }

  CocoData data_;
  std::unordered_map<std::int64_t, std::size_t> places_, categories_;
  std::unordered_set<std::int64_t> seen_;
  std::vector<Caption> captions_;
  std::vector<Object> objects_;
};

// Hears the parts of the JSON one after the other: { "images": [ { "id": 7, ... }, ... ], ... }. An
// entry's fields stand at depth 3, what is deeper (outlines) goes by; nothing grows with the depth.
class CocoListener : public nlohmann::json_sax<nlohmann::json> {
public:
  CocoListener(const std::string& path, const JsonBytes& bytes, CocoCollector& to)
      : path_(path), bytes_(bytes), to_(to) {}

  bool null() override { return true; }
  bool boolean(bool value) override { return number_integer(value); }
  bool number_integer(number_integer_t value) override {
    if (wanted()) {
      if (is_text()) fail_type("a number", "a text");
      entry_.numbers[field_] = value;
    }
    return box_number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > INT64_MAX) return number_float(static_cast<double>(value), {});
    return number_integer(static_cast<number_integer_t>(value));
  }
  bool number_float(number_float_t value, const string_t&) override {
    if (wanted()) fail_type("a fraction", is_text() ? "a text" : "a whole number");
    return box_number(value);
  }
  bool string(string_t& value) override {
    if (wanted()) {
      if (!is_text()) fail_type("a text", "a number");
      entry_.texts[field_] = std::move(value);
    }
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (++depth_ == 3) entry_ = {};
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      section_ = name;
      known_ = section_ == "images" || section_ == "annotations" || section_ == "categories";
      found_ = found_ || known_;
    }
    if (depth_ == 3) field_ = std::move(name);
    return true;
  }
  bool end_object() override {
    if (depth_-- == 3 && known_) to_.add(section_, entry_, path_, bytes_.at());
    return true;
  }
  bool start_array(std::size_t) override {
    if (++depth_ == 4 && known_ && field_ == "bbox") entry_.box.emplace();
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    throw FormatError(path_, position, std::string(error.what()).substr(0, 200));
  }

  bool found() const { return found_; }

private:
  // The fields that are kept: everything else may be of any type.
  bool wanted() const {
    constexpr const char* names[] = {"id",     "image_id", "category_id", "file_name", "width",
                                     "height", "caption",  "iscrowd",     "name"};
    return depth_ == 3 && known_ &&
           std::find(std::begin(names), std::end(names), field_) != std::end(names);
  }
  bool box_number(double value) {
    if (depth_ == 4 && known_ && field_ == "bbox" && entry_.box) {
      if (entry_.box->size() == 4)
        throw FormatError(path_, bytes_.at(), "a bbox of more than 4 numbers");
      entry_.box->push_back(value);
    }
    return true;
  }
  bool is_text() const { return field_ == "caption" || field_ == "file_name" || field_ == "name"; }
  [[noreturn]] void fail_type(const char* actual, const char* expected) const {
    throw FormatError(
        path_, bytes_.at(),
        fmt::format("{} of {} is {}; expected {}", field_, section_, actual, expected));
  }

  const std::string& path_;
  const JsonBytes& bytes_;
  CocoCollector& to_;
  std::size_t depth_ = 0;
  std::string section_, field_;
  bool known_ = false, found_ = false;
  CocoEntry entry_;
};

} // namespace

CocoData read_coco(const std::vector<std::string>& paths) {
  CocoCollector collector;
  for (const std::string& path : paths) {
    collector.next_file();
    JsonBytes bytes(path);
    CocoListener listener(path, bytes, collector);
    nlohmann::json::sax_parse(JsonIterator{&bytes}, JsonIterator{}, &listener);
    if (!listener.found())
      throw FormatError(path +
                        ": no images, annotations or categories in it; expected COCO's JSON");
  }
  return collector.finished();
}

} // namespace tapestry

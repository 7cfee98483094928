#include <cstdlib>
#include <filesystem>

#include <boost/test/unit_test.hpp>
#include <zlib.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "temporary_folder.hpp"
#include "vision/datasets/cifar.hpp"
#include "vision/datasets/coco.hpp"
#include "vision/datasets/idx.hpp"
#include "vision/datasets/image_batch.hpp"
#include "vision/datasets/image_folder.hpp"
#include "vision/datasets/mnist.hpp"
#include "vision/images/image.hpp"

using namespace tapestry;
using std::string;

namespace {

string idx_of(const std::vector<std::uint32_t>& shape, const string& data) {
  string bytes{0, 0, 8, static_cast<char>(shape.size())};
  for (const std::uint32_t n : shape)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(n >> shift);
  return bytes + data;
}

string gzipped(const string& bytes) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  string packed(deflateBound(&z, bytes.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  deflate(&z, Z_FINISH);
  packed.resize(z.total_out);
  deflateEnd(&z);
  return packed;
}

// What reading a file of these bytes says, without its path.
template <class Read> string says(const string& bytes, const Read& read) {
  const TemporaryFolder folder;
  write_file(folder / "f", bytes);
  const string message = message_of([&] { read(folder / "f"); });
  BOOST_TEST(message.find('\n') == string::npos);
  BOOST_TEST((message.empty() || message.starts_with(folder / "f")));
  return message.empty() ? message : message.substr((folder / "f").size());
}
string idx_says(const string& bytes) { return says(bytes, read_idx); }
string coco_says(const string& bytes) {
  return says(bytes, [](const string& path) { read_coco({path}); });
}

string cifar_record(char label, std::uint8_t start) {
  string record(1, label);
  for (std::size_t i = 0; i < 3072; ++i) record += static_cast<char>(start + i / 1024);
  return record;
}

} // namespace

BOOST_AUTO_TEST_SUITE(datasets)

BOOST_AUTO_TEST_CASE(idx_plain_and_packed) {
  const TemporaryFolder folder;
  const string plain = idx_of({2, 3}, "abcdef");
  const string packed = gzipped(plain.substr(0, 7)) + gzipped(plain.substr(7)); // two members
  for (const string& bytes : {plain, gzipped(plain), packed}) {
    write_file(folder / "f", bytes);
    const IdxArray array = read_idx(folder / "f");
    BOOST_TEST(array.shape == (std::vector<std::size_t>{2, 3}));
    BOOST_TEST(string(array.data.begin(), array.data.end()) == "abcdef");
  }
}

BOOST_AUTO_TEST_CASE(idx_that_is_refused) {
  const string whole = idx_of({2, 3}, "abcdef");
  BOOST_TEST(idx_says("") == ": byte 0: cut off: an IDX file begins with 4 bytes");
  BOOST_TEST(idx_says("PNG...") == ": byte 0: no IDX file: it begins with 0, 0");
  BOOST_TEST(idx_says(string("\0\0\x0d\1....", 8)) ==
             ": byte 2: entries of type 13; expected 8, bytes");
  for (const char rank : {'\0', '\5', '\xff'})
    BOOST_TEST(idx_says(string("\0\0\x08", 3) + rank + string(40, '\1'))
                   .starts_with(": byte 3: an array"));
  BOOST_TEST(idx_says(whole.substr(0, 9)) == ": byte 9: cut off: the header has 12 bytes");
  BOOST_TEST(idx_says(whole.substr(0, 15)) ==
             ": byte 12: cut off: 6 entries are promised, and at most 3 can follow");
  BOOST_TEST(idx_says(whole + "x") == ": byte 18: more bytes than expected; the data ends here");
  BOOST_TEST(idx_says(idx_of({~0u, ~0u, ~0u, ~0u}, "")) ==
             ": byte 4: more than 4000000000 entries");
  BOOST_TEST(idx_says(idx_of({60000, 50000}, "")) ==
             ": byte 12: cut off: 3000000000 entries are promised, and at most 0 can follow");
  BOOST_TEST(idx_says(idx_of({0, 5}, "")) == "");

  // Packed: what is promised must be possible for so few bytes, and then be there.
  BOOST_TEST(idx_says(gzipped(idx_of({60000, 50000}, ""))).starts_with(": byte 12: cut off"));
  BOOST_TEST(idx_says(gzipped(whole.substr(0, 15))) ==
             ": byte 15: cut off; expected 3 more bytes of data");
  const string packed = gzipped(whole);
  for (std::size_t size = 2; size < packed.size(); ++size)
    BOOST_TEST(idx_says(packed.substr(0, size)) != "");
  BOOST_TEST(idx_says(packed + "x").ends_with("the gzip data is cut off"));
  BOOST_TEST(idx_says(packed + "no gzip, but long enough for a header").find("damaged") !=
             string::npos);
  string wrong = packed;
  wrong[packed.size() - 6] ^= 1; // of the checksum
  BOOST_TEST(idx_says(wrong).ends_with("the gzip data is damaged: incorrect data check"));
}

BOOST_AUTO_TEST_CASE(digits_and_labels) {
  const TemporaryFolder folder;
  write_file(folder / "train-images-idx3-ubyte", idx_of({2, 1, 3}, string("\0\x33\xff\1\2\3", 6)));
  write_file(folder / "train-labels-idx1-ubyte.gz", gzipped(idx_of({2}, string("\7\0", 2))));
  const LabelledImages digits = read_mnist(folder.path(), Subset::train);
  BOOST_TEST(digits.size() == 2u);
  BOOST_TEST(digits.labels == (std::vector<int>{7, 0}));
  BOOST_TEST(digits.classes.at(7) == "7");
  const Tensor one = image_tensor(digits, 0);
  BOOST_TEST(to_string(one.shape()) == "(1, 1, 3)");
  BOOST_TEST(one(0, 0, 1) == 0.2);
  const Tensor batch = image_batch(digits, {1, 0, 1});
  BOOST_TEST(to_string(batch.shape()) == "(3, 1, 1, 3)");
  BOOST_TEST(batch(1, 0, 0, 2) == 1);
  BOOST_TEST(label_batch(digits, {1, 0})(1) == 7);
  BOOST_CHECK_THROW(image_batch(digits, {2}), std::out_of_range);

  BOOST_TEST(message_of([&] { read_mnist(folder.path(), Subset::test); }) ==
             folder.path() + ": no t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz; expected "
                             "MNIST's four files");
  const string images = folder / "train-images-idx3-ubyte", labels = folder / "labels";
  write_file(labels, idx_of({3}, string("\1\2\3", 3)));
  BOOST_TEST(message_of([&] { read_idx_images(images, labels); }) ==
             images + ": 2 pictures, but 3 labels in " + labels);
  write_file(labels, idx_of({2}, "\1\x0a"));
  BOOST_TEST(message_of([&] { read_idx_images(images, labels); }) ==
             labels + ": byte 9: label 10; expected 0 to 9");
  BOOST_TEST(message_of([&] { read_idx_images(labels, labels, 11); }) ==
             labels + ": byte 3: an array of rank 1; expected 3");
}

BOOST_AUTO_TEST_CASE(cifar_batches) {
  const TemporaryFolder folder;
  for (int i = 1; i <= 5; ++i)
    write_file(folder / ("data_batch_" + std::to_string(i) + ".bin"),
               cifar_record(static_cast<char>(i), 10) + cifar_record(9, 20));
  const LabelledImages train = read_cifar10(folder.path(), Subset::train);
  BOOST_TEST(train.size() == 10u);
  BOOST_TEST(train.labels[2] == 2);
  BOOST_TEST(train.classes[9] == "truck");
  BOOST_TEST(image_tensor(train, 1)(2, 31, 31) == 22.0 / 255);
  BOOST_TEST(message_of([&] {
               read_cifar10(folder.path(), Subset::test);
             }).starts_with(folder.path() + ": neither test_batch.bin nor a folder test"));
  const auto says_batch = [](const string& bytes) {
    return says(bytes, [](const string& path) {
      LabelledImages to;
      read_cifar_batch(path, to);
    });
  };
  BOOST_TEST(says_batch(cifar_record(0, 0) + "abc") ==
             ": byte 3073: cut off: a record of 3 bytes; expected 3073");
  BOOST_TEST(says_batch(cifar_record(0, 0) + cifar_record(10, 0)) ==
             ": byte 3073: label 10; expected 0 to 9");
  BOOST_TEST(says_batch("") == ": the file is empty; expected CIFAR-10's records");
  write_file(folder / "batches.meta.txt", "one\ntwo\n");
  BOOST_TEST(message_of([&] { read_cifar10(folder.path(), Subset::train); }) ==
             folder / "batches.meta.txt: 2 names of classes; expected 10");
}

BOOST_AUTO_TEST_CASE(folders_of_classes) {
  const TemporaryFolder folder;
  Tensor image = zeros({3, 2, 3});
  image(1, 1, 2) = 1;
  for (const char* name : {"test/dog/b.png", "test/dog/a.PNG", "test/cat/sub/c.png"}) {
    make_folder(std::filesystem::path(folder / name).parent_path());
    write_png(folder / name, image);
  }
  write_file(folder / "test/cat/notes.txt", "no picture");
  write_file(folder / "test/cat/.hidden.png", "no picture");
  const ImageFolder found = read_image_folder(folder / "test");
  BOOST_TEST(found.classes == (std::vector<string>{"cat", "dog"}));
  BOOST_TEST(found.ignored == 1u);
  BOOST_REQUIRE(found.items.size() == 3u);
  BOOST_TEST(found.items[1].path == folder / "test/dog/a.PNG");
  BOOST_TEST(found.items[1].label == 1);

  const LabelledImages read = read_cifar10(folder.path(), Subset::test);
  BOOST_TEST(read.size() == 3u);
  BOOST_TEST(read.width == 3u);
  BOOST_TEST(image_tensor(read, 2)(1, 1, 2) == 1);
  BOOST_TEST(image_tensor(read, 2)(0, 1, 2) == 0);

  write_png(folder / "test/dog/z.png", zeros({3, 3, 3}));
  BOOST_TEST(message_of([&] { read_labelled_folder(folder / "test"); }) ==
             folder / "test/dog/z.png: 3 x 3 pixels; expected 3 x 2 as in " + folder.path() +
                 "/test/cat/sub/c.png");
  make_folder(folder / "test/empty");
  BOOST_TEST(message_of([&] {
               read_image_folder(folder / "test");
             }).starts_with(folder / "test/empty: no picture of this class"));
  BOOST_TEST(message_of([&] { read_image_folder(folder / "test/empty"); }) ==
             folder / "test/empty: no folders in it; expected one for each class");
  BOOST_TEST(message_of([&] { read_image_folder(folder / "none"); }) ==
             folder / "none: No such file or directory");
}

BOOST_AUTO_TEST_CASE(coco_captions_and_objects) {
  const string captions = R"({"info": {"images": [1]}, "annotations": [
    {"id": 1, "image_id": 7, "caption": "A dog\n on  grass. "},
    {"id": 2, "image_id": 9, "caption": "Nobody has this picture."},
    {"id": 3, "image_id": 7, "caption": " "},
    {"id": 4, "image_id": 7, "caption": "Un perro."}],
    "images": [{"id": 7, "file_name": "a.jpg", "width": 30, "height": 20, "license": 4},
               {"id": 8, "file_name": "b.jpg"}]})";
  const string instances = R"({"images": [{"id": 7, "file_name": "a.jpg"}],
    "annotations": [{"image_id": 7, "category_id": 3, "bbox": [1, 2.5, 10, 20], "iscrowd": 0,
                     "segmentation": [[1, 2, 3], {"deep": [[1]]}], "area": 7.25},
                    {"image_id": 1, "category_id": 3, "bbox": [0, 0, 1, 1]}],
    "categories": [{"id": 3, "name": "dog", "supercategory": "animal"}]})";
  const TemporaryFolder folder;
  write_file(folder / "captions.json", captions);
  write_file(folder / "instances.json.gz", gzipped(instances));
  const CocoData data = read_coco({folder / "captions.json", folder / "instances.json.gz"});
  BOOST_REQUIRE(data.images.size() == 2u);
  BOOST_TEST(data.images[0].captions == (std::vector<string>{"A dog on grass.", "Un perro."}));
  BOOST_TEST(data.images[0].width == 30);
  BOOST_TEST(data.images[1].captions.empty());
  BOOST_TEST(data.stray_captions == 1u);
  BOOST_TEST(data.empty_captions == 1u);
  BOOST_TEST(data.stray_objects == 1u);
  BOOST_REQUIRE(data.images[0].objects.size() == 1u);
  const CocoObject& dog = data.images[0].objects[0];
  BOOST_TEST(data.categories.at(dog.category) == "dog");
  BOOST_TEST(dog.y == 2.5);
  BOOST_TEST(dog.height == 20);
  BOOST_TEST(!dog.crowd);
}

BOOST_AUTO_TEST_CASE(coco_that_is_refused) {
  BOOST_TEST(coco_says("").find("unexpected end of input") != string::npos);
  BOOST_TEST(coco_says("{\"images\": [").starts_with(": byte 1"));
  BOOST_TEST(coco_says("[1, 2]") ==
             ": no images, annotations or categories in it; expected COCO's JSON");
  BOOST_TEST(coco_says(R"({"images": [{"id": 1}]})") ==
             ": byte 21: an entry of images without file_name");
  BOOST_TEST(coco_says(R"({"images": [{"file_name": "a"}]})").ends_with("images without id"));
  BOOST_TEST(coco_says(R"({"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}]})")
                 .ends_with("the picture 1 comes twice"));
  BOOST_TEST(coco_says(R"({"images": [{"id": "x"}]})")
                 .ends_with("id of images is a text; expected a number"));
  BOOST_TEST(coco_says(R"({"images": [{"id": 1.5}]})")
                 .ends_with("id of images is a fraction; expected a whole number"));
  BOOST_TEST(coco_says(R"({"annotations": [{"caption": 7}]})")
                 .ends_with("caption of annotations is a number; expected a text"));
  BOOST_TEST(coco_says(R"({"annotations": [{"caption": "a dog"}]})").ends_with("without image_id"));
  BOOST_TEST(
      coco_says(R"({"annotations": [{"image_id": 1}]})").ends_with("without caption or bbox"));
  BOOST_TEST(coco_says(R"({"annotations": [{"image_id": 1, "category_id": 2, "bbox": [1]}]})")
                 .ends_with("a bbox of 1 numbers; expected 4"));
  BOOST_TEST(
      coco_says(R"({"annotations": [{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]}]})")
          .ends_with("category 2 is not in the file"));
  const string deep(1'000'000, '[');
  BOOST_TEST(coco_says("{\"images\": " + deep) != "");
  BOOST_TEST(coco_says("{\"images\": [{\"id\": 1, \"file_name\": \"\xff\"}]}").find("UTF-8") !=
             string::npos);
}

// The real digits, where they are at hand.
BOOST_AUTO_TEST_CASE(mnist_itself) {
  const char* data = std::getenv("TAPESTRY_DATA");
  if (!data) {
    BOOST_TEST_MESSAGE("skipped: TAPESTRY_DATA is not set");
    BOOST_TEST(true);
    return;
  }
  const LabelledImages test = read_mnist(string(data) + "/mnist", Subset::test);
  BOOST_TEST(test.size() == 10'000u);
  BOOST_TEST(test.height == 28u);
  BOOST_TEST(test.labels[0] == 7); // the first of the 10,000 is known to be a seven
}

BOOST_AUTO_TEST_SUITE_END()

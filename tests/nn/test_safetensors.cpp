#include <cstring>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "nn/training/safetensors.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using std::string;

namespace {

template <class T> string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// A file with this header before this data.
string composed(const string& header, const string& data) {
  return bytes_of(std::vector<std::uint64_t>{header.size()}) + header + data;
}

// What loading these bytes says, without the path in front.
string error_of(const string& bytes) {
  const TemporaryFolder folder;
  const string path = folder / "x.safetensors";
  write_file(path, bytes);
  string message;
  try {
    nn::load_safetensors(path);
  } catch (const FormatError& error) {
    message = error.what();
  }
  BOOST_TEST(message.starts_with(path + ": "), message);
  BOOST_TEST(message.find('\n') == string::npos);
  return message.substr(std::min(message.size(), path.size() + 2));
}

string header_of(const string& dtype, const string& shape, const string& offsets) {
  return R"({"x":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(safetensors)

BOOST_AUTO_TEST_CASE(round_trip_bit_for_bit) {
  const TemporaryFolder folder;
  Rng rng(1);
  nn::SafetensorsFile file;
  file.tensors["scalar"] = Tensor(static_cast<real>(-0.0));
  file.tensors["empty"] = zeros({3, 0, 2});
  file.tensors["matrix"] = normal({5, 7}, 0, 1e10, rng);
  Tensor special = zeros({4});
  special.data()[0] = std::numeric_limits<real>::quiet_NaN();
  special.data()[1] = -std::numeric_limits<real>::infinity();
  special.data()[2] = std::numeric_limits<real>::denorm_min();
  special.data()[3] = std::numeric_limits<real>::max();
  file.tensors["\"odd\" n\xc3\xa4me\n"] = special;
  file.metadata = {{"text", "two\nlines \\ \"quoted\" \xe2\x82\xac"}, {"", ""}};
  nn::save_safetensors(folder / "a", file);
  const nn::SafetensorsFile back = nn::load_safetensors(folder / "a");
  BOOST_TEST(identical(back.tensors, file.tensors));
  BOOST_TEST((back.metadata == file.metadata));

  const string bytes = read_file(folder / "a");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  BOOST_TEST(length % 8 == 0u); // the data is aligned
  nn::save_safetensors(folder / "b", back);
  BOOST_TEST((read_file(folder / "b") == bytes));

  for (const nn::SafetensorsFile& little :
       {nn::SafetensorsFile{}, nn::SafetensorsFile{{{"none", zeros({0})}}, {}, {}}}) {
    nn::save_safetensors(folder / "c", little);
    BOOST_TEST(identical(nn::load_safetensors(folder / "c").tensors, little.tensors));
  }
}

BOOST_AUTO_TEST_CASE(other_number_types_are_converted) {
  const TemporaryFolder folder;
  const string header = R"({"__metadata__":{"format":"pt"},)"
                        R"("half":{"dtype":"F16","shape":[7],"data_offsets":[0,14]},)"
                        R"("brain":{"dtype":"BF16","shape":[3],"data_offsets":[14,20]},)"
                        R"("single":{"dtype":"F32","shape":[1,2],"data_offsets":[20,28]},)"
                        R"("double":{"dtype":"F64","shape":[],"data_offsets":[28,36]}}   )";
  const string data =
      bytes_of<std::uint16_t>({0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x7c00, 0x3555}) +
      bytes_of<std::uint16_t>({0x3f80, 0xc049, 0xff80}) + bytes_of<float>({1.5f, -0.1f}) +
      bytes_of<double>({0.1});
  write_file(folder / "x", composed(header, data));
  const nn::SafetensorsFile file = nn::load_safetensors(folder / "x");
  BOOST_TEST(file.tensors.size() == 4u);
  BOOST_TEST(file.metadata.at("format") == "pt");
  constexpr double infinity = std::numeric_limits<double>::infinity();
  // All of these are exact in double: 2^-24 is the least half, 1023 of it the largest denormal.
  const std::vector<double> halves{1, -2, 65504, 0x1p-24, 1023 * 0x1p-24, infinity, 1365 * 0x1p-12};
  for (std::size_t i = 0; i < halves.size(); ++i)
    BOOST_TEST(file.tensors.at("half").data()[i] == halves[i]);
  BOOST_TEST(file.tensors.at("brain").data()[0] == 1);
  BOOST_TEST(file.tensors.at("brain").data()[1] == -3.140625);
  BOOST_TEST(file.tensors.at("brain").data()[2] == -infinity);
  BOOST_TEST(to_string(file.tensors.at("single").shape()) == "(1, 2)");
  BOOST_TEST(file.tensors.at("single").data()[1] == double{-0.1f});
  BOOST_TEST(file.tensors.at("double").shape().empty());
  BOOST_TEST(file.tensors.at("double").data()[0] == 0.1);
  write_file(folder / "x", composed(header_of(R"("F16")", "[1]", "[0,2]"), "\xff\x7f"));
  BOOST_TEST(std::isnan(nn::load_safetensors(folder / "x").tensors.at("x").data()[0]));
}

BOOST_AUTO_TEST_CASE(a_file_cut_short_says_where) {
  const string header = header_of(R"("F64")", "[2]", "[0,16]");
  const string whole = composed(header, bytes_of<double>({1, 2}));
  const auto cut = [&](std::size_t size) { return error_of(whole.substr(0, size)); };
  BOOST_TEST(cut(0) == "byte 0: the file ends here; expected a safetensors header");
  BOOST_TEST(cut(7) == "byte 7: the file ends here; expected a safetensors header");
  const string length = std::to_string(header.size());
  const auto in_header = [&](std::size_t size) {
    return "byte 0: a header of " + length + " bytes in a file of " + std::to_string(size) +
           "; cut short, or not safetensors";
  };
  for (const std::size_t size : {std::size_t{8}, std::size_t{20}, 7 + header.size()})
    BOOST_TEST(cut(size) == in_header(size));
  const std::size_t data = 8 + header.size();
  for (const std::size_t size : {data, data + 1, data + 8, data + 15})
    BOOST_TEST(cut(size) == "byte " + std::to_string(size) +
                                ": the file ends here, but \"x\" lies at bytes " +
                                std::to_string(data) + " .. " + std::to_string(data + 16));
  BOOST_TEST(error_of(string(8, '\xff')).find("byte 0: a header of 18446744073709551615 bytes") ==
             0u);
}

BOOST_AUTO_TEST_CASE(no_header) {
  for (const string& header : {string("nonsense"), string("[]"), string("3"), string(""),
                               string("{\"x\":"), string(100'000, '[')})
    BOOST_TEST(error_of(composed(header, "")) == "byte 8: the header is not a JSON object");
}

BOOST_AUTO_TEST_CASE(a_wrong_entry) {
  const string data(16, '\0');
  const auto error = [&](const string& dtype, const string& shape, const string& offsets) {
    return error_of(composed(header_of(dtype, shape, offsets), data));
  };
  BOOST_TEST(error(R"("F8_E4M3")", "[2]", "[0,16]") ==
             "byte 8: \"x\" is F8_E4M3, expected F16, BF16, F32, F64, a whole number or BOOL");
  const string lacks = "byte 8: \"x\" lacks a dtype, a shape or data_offsets";
  BOOST_TEST(error("64", "[2]", "[0,16]") == lacks);
  for (const char* shape :
       {"2", "{\"a\":2}", "[-2]", "[2.0]", "[\"2\"]", "null", "[99999999999999999999]"})
    BOOST_TEST(error(R"("F64")", shape, "[0,16]") == lacks);
  for (const char* offsets : {"[0]", "[0,8,16]", "16", "[-16,0]", "[0,1e99]", "[]"})
    BOOST_TEST(error(R"("F64")", "[2]", offsets) == lacks);
  BOOST_TEST(error_of(composed(R"({"x":3})", "")) == lacks);
  BOOST_TEST(error_of(composed(R"({"x":null})", "")) == lacks);
}

BOOST_AUTO_TEST_CASE(sizes_that_contradict_each_other) {
  const string data(16, '\0');
  const auto error = [&](const string& shape, const string& offsets) {
    return error_of(composed(header_of(R"("F64")", shape, offsets), data));
  };
  const auto at = [&](const string& shape, const string& offsets) {
    return "byte " + std::to_string(8 + header_of(R"("F64")", shape, offsets).size()) + ": ";
  };
  for (const char* shape : {"[1]", "[3]", "[0]", "[]", "[2,2]"})
    BOOST_TEST(
        error(shape, "[0,16]").find(at(shape, "[0,16]") + "\"x\" has 16 bytes, expected (") == 0u);
  // Products that wrap around to 2 x 8 bytes, or to 0.
  for (const char* shape :
       {"[9223372036854775809,2]", "[4294967296,4294967296]", "[0,9223372036854775808,4]",
        "[9223372036854775808,4,0]", "[2305843009213693954]"})
    for (const char* offsets : {"[0,16]", "[0,0]"})
      BOOST_TEST(error(shape, offsets).find(at(shape, offsets) + "\"x\" has ") == 0u);
  BOOST_TEST(error("[2]", "[16,0]").find("the file ends here, but \"x\"") != string::npos);
  BOOST_TEST(error("[2]", "[8,24]").find("the file ends here, but \"x\"") != string::npos);
}

BOOST_AUTO_TEST_CASE(every_byte_belongs_to_one_tensor) {
  const string data(16, '\0');
  const auto error = [&](const string& a, const string& b) {
    const string header = R"({"a":{"dtype":"F64","shape":[1],"data_offsets":)" + a +
                          R"(},"b":{"dtype":"F64","shape":[1],"data_offsets":)" + b + "}}";
    const string message = error_of(composed(header, data));
    // Offsets in the message count from the data's first byte here, so that they can be compared.
    const std::size_t end = message.find(':');
    return std::to_string(std::stoul(message.substr(5, end - 5)) - 8 - header.size()) +
           message.substr(end);
  };
  BOOST_TEST(error("[0,8]", "[0,8]").find("0: \"b\" begins here, expected at byte ") == 0u);
  BOOST_TEST(error("[4,12]", "[0,8]").find("4: \"a\" begins here, expected at byte ") == 0u);
  BOOST_TEST(error("[8,16]", "[8,16]").find("8: \"a\" begins here, expected at byte ") == 0u);
  const string one = composed(header_of(R"("F64")", "[1]", "[0,8]"), data);
  BOOST_TEST(error_of(one) ==
             "byte " + std::to_string(one.size() - 8) + ": 8 bytes that belong to no tensor");
}

BOOST_AUTO_TEST_CASE(metadata_is_text) {
  const auto error = [&](const string& metadata) {
    return error_of(composed(R"({"__metadata__":)" + metadata + "}", ""));
  };
  BOOST_TEST(error(R"({"step":3})") == "byte 8: metadata \"step\" is not text");
  BOOST_TEST(error(R"({"a":{}})") == "byte 8: metadata \"a\" is not text");
  for (const char* other : {"[\"a\"]", "\"a\"", "3", "null"})
    BOOST_TEST(error(other) == "byte 8: the metadata is not a JSON object");
}

BOOST_AUTO_TEST_CASE(whole_numbers) {
  const TemporaryFolder folder;
  const string header = R"({"a":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},)"
                        R"("b":{"dtype":"I32","shape":[],"data_offsets":[16,20]},)"
                        R"("c":{"dtype":"I16","shape":[1],"data_offsets":[20,22]},)"
                        R"("d":{"dtype":"U8","shape":[1,2],"data_offsets":[22,24]},)"
                        R"("e":{"dtype":"BOOL","shape":[3],"data_offsets":[24,27]},)"
                        R"("f":{"dtype":"I8","shape":[1],"data_offsets":[27,28]},)"
                        R"("g":{"dtype":"U32","shape":[1],"data_offsets":[28,32]},)"
                        R"("h":{"dtype":"U16","shape":[1],"data_offsets":[32,34]},)"
                        R"("i":{"dtype":"U64","shape":[0],"data_offsets":[34,34]}})";
  const string data = bytes_of<std::int64_t>({16'777'217, INT64_MIN}) +
                      bytes_of<std::int32_t>({-7}) + bytes_of<std::int16_t>({-8}) + "\xff\x01" +
                      string("\x01\x00\x01", 3) + "\xff" +
                      bytes_of<std::uint32_t>({4'000'000'000}) + bytes_of<std::uint16_t>({65535});
  write_file(folder / "x", composed(header, data));
  const nn::SafetensorsFile file = nn::load_safetensors(folder / "x");
  BOOST_TEST(file.tensors.empty());
  const auto check = [&](const char* name, const Shape& shape, std::vector<std::int64_t> values) {
    BOOST_TEST((file.integers.at(name) == nn::IntTensor{shape, std::move(values)}), name);
  };
  check("a", {2}, {16'777'217, INT64_MIN}); // the first is no float
  check("b", {}, {-7});
  check("c", {1}, {-8});
  check("d", {1, 2}, {255, 1});
  check("e", {3}, {1, 0, 1});
  check("f", {1}, {-1});
  check("g", {1}, {4'000'000'000});
  check("h", {1}, {65535});
  check("i", {0}, {});
  nn::save_safetensors(folder / "y", file);
  BOOST_TEST((nn::load_safetensors(folder / "y").integers == file.integers));

  const string large = header_of(R"("U64")", "[1]", "[0,8]");
  BOOST_TEST(error_of(composed(large, string(8, '\xff'))) ==
             "byte " + std::to_string(8 + large.size()) + ": \"x\" holds a number above 2^63");
  BOOST_TEST(message_of([&] {
               nn::save_safetensors(folder / "y", {{}, {}, {{"n", {{2}, {1}}}}});
             }) == "save_safetensors: \"n\" has 1 numbers, expected (2)");
  BOOST_TEST(message_of([&] {
               nn::save_safetensors(folder / "y", {{{"n", ones({1})}}, {}, {{"n", {{1}, {1}}}}});
             }) == folder / "y: cannot write: \"n\" is there twice");
}

BOOST_AUTO_TEST_CASE(no_name_twice) {
  const string entry = R"("x":{"dtype":"F64","shape":[0],"data_offsets":[0,0]})";
  BOOST_TEST(error_of(composed("{" + entry + "," + entry + "}", "")) ==
             "byte 8: the header has \"x\" twice");
  BOOST_TEST(error_of(composed(R"({"__metadata__":{"a":"1","a":"2"}})", "")) ==
             "byte 8: the header has \"a\" twice");
  const string inner = R"({"x":{"dtype":"F64","dtype":"F32","shape":[0],"data_offsets":[0,0]}})";
  BOOST_TEST(error_of(composed(inner, "")) == "byte 8: the header has \"dtype\" twice");
}

// Every single bit, of names, notes, offsets and numbers: refused, or harmless.
BOOST_AUTO_TEST_CASE(a_flipped_bit_is_seen) {
  const TemporaryFolder folder;
  Rng rng(7);
  nn::SafetensorsFile file;
  file.tensors["weight"] = normal({2, 2}, 0, 1, rng);
  file.integers["steps"] = {{1}, {5}};
  file.metadata["note"] = "some \"crc32\":\"text";
  nn::save_safetensors(folder / "a", file);
  const string whole = read_file(folder / "a");
  std::size_t harmless = 0;
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    write_file(folder / "b", bytes);
    try {
      const nn::SafetensorsFile back = nn::load_safetensors(folder / "b");
      ++harmless; // the checksum's own name: it is a note like any other now
      BOOST_TEST(identical(back.tensors, file.tensors));
      BOOST_TEST((back.integers == file.integers));
      BOOST_TEST(back.metadata.at("note") == file.metadata.at("note"));
    } catch (const FormatError&) {
    }
  }
  BOOST_TEST(harmless < 8 * string("tapestry.crc32").size());
  string bytes = whole;
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  BOOST_TEST(error_of(bytes).starts_with("damaged: its checksum is "));
}

BOOST_AUTO_TEST_CASE(no_such_file) {
  const TemporaryFolder folder;
  BOOST_TEST(message_of([&] { nn::load_safetensors(folder / "none"); }) ==
             folder / "none: no such file");
  BOOST_TEST(message_of([&] { nn::load_safetensors(folder.path()); }) ==
             folder.path() + ": is a folder; expected a file");
}

BOOST_AUTO_TEST_SUITE_END()

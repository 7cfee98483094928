// Every operator names itself, the caller's line, the shapes, what is wrong and the parameter.
#include <sstream>

#include "check.hpp"

using namespace tapestry;

namespace {

// `parts`, separated by |, must all be in the message; the first one is the operator.
void expect_shape_error(const std::string& message, const std::string& parts, int line) {
  std::istringstream in(parts);
  std::string part;
  std::getline(in, part, '|');
  const std::string start = part + " at autograd/test_errors.cpp:" + std::to_string(line) + ": ";
  BOOST_CHECK_MESSAGE(message.starts_with(start), message << " | does not start: " << start);
  while (std::getline(in, part, '|'))
    BOOST_CHECK_MESSAGE(contains(message, part), message << " | lacks: " << part);
}

// Write it on one line: compilers differ in which line of several a call stands on.
#define FAILS(expression, parts)                                                                   \
  expect_shape_error(message_of<ShapeError>([&] { (void)(expression); }), parts, __LINE__)

} // namespace

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit) {
  const Parameter w{"fc1.weight", zeros({4, 5})};
  const Parameter b{"bias", zeros({5})};
  const Var x = constant(zeros({2, 3})), v = constant(zeros({3})), s = constant(zeros({}));
  const std::string named = "(4, 5) is \"fc1.weight\"";

  FAILS(x + w, "+|(2, 3) x (4, 5)|sizes 3 and 5 on axis -1|" + named);
  FAILS(x - w, "-|(2, 3) x (4, 5)|do not broadcast|" + named);
  FAILS(x * w, "*|(2, 3) x (4, 5)|do not broadcast|" + named);
  FAILS(x / w, "/|(2, 3) x (4, 5)|do not broadcast|" + named);
  FAILS(maximum(x, w), "maximum|(2, 3) x (4, 5)|do not broadcast|" + named);
  FAILS(x + constant(zeros({3, 3})), "+|(2, 3) x (3, 3)|sizes 2 and 3 on axis -2");
  FAILS(constant(zeros({0, 3})) + x, "+|(0, 3) x (2, 3)|sizes 0 and 2 on axis -2");

  FAILS(matmul(x, w), "matmul|(2, 3) x (4, 5)|inner sizes 3 and 4 differ|" + named);
  FAILS(matmul(v, w), "matmul|(3) x (4, 5)|inner sizes 3 and 4 differ|" + named);
  FAILS(matmul(w, v), "matmul|(4, 5) x (3)|inner sizes 5 and 3 differ|" + named);
  FAILS(matmul(s, w), "matmul|() x (4, 5)|expected (..., m, k) x (..., k, n)|" + named);
  const Var two = constant(zeros({2, 2, 3})), three = constant(zeros({3, 3, 2}));
  FAILS(matmul(two, three), "matmul|(2, 2, 3) x (3, 3, 2)|sizes 2 and 3 on axis -3 do not broadcast");
  FAILS(matmul(two, two), "matmul|(2, 2, 3) x (2, 2, 3)|inner sizes 3 and 2 differ");
  FAILS(linear(x, w, b), "linear|(2, 3) x (4, 5) x (5)|expected|" + named + "|(5) is \"bias\"");
  FAILS(linear(constant(zeros({2, 5})), w, b), "linear|(2, 5) x (4, 5) x (5)|" + named);
  FAILS(linear(x, w), "linear|(2, 3) x (4, 5)|" + named);
  FAILS(linear(x, v), "linear|(2, 3) x (3)|expected (..., k) x (n, k)");
  FAILS(linear(s, w, b), "linear|() x (4, 5) x (5)|" + named);

  FAILS(sum(w, {2}), "sum|(4, 5)|there is no axis 2|" + named);
  FAILS(sum(w, {-3}), "sum|(4, 5)|there is no axis -3|" + named);
  FAILS(mean(w, {1, -1}), "mean|(4, 5)|axis -1 is named twice|" + named);
  FAILS(max(s, {0}), "max|()|there is no axis 0");
  FAILS(min(w, {2}), "min|(4, 5)|there is no axis 2|" + named);
  FAILS(min(constant(zeros({0, 2}))), "min|(0, 2)|nothing to reduce");
  FAILS(logsumexp(w, {0, 0}), "logsumexp|(4, 5)|axis 0 is named twice|" + named);
  FAILS(logsumexp(constant(zeros({0, 2}))), "logsumexp|(0, 2)|nothing to reduce");
  FAILS(max(constant(zeros({0, 2}))), "max|(0, 2)|nothing to reduce");
  FAILS(var(constant(zeros({4, 1})), {1}), "var|(4, 1)|1 entries with correction 1");

  FAILS(reshape(w, {3, 7}), "reshape|(4, 5)|20 entries|(3, 7) has 21|" + named);
  const Var empty = constant(zeros({0}));
  const Shape countless{std::size_t{1} << 33, std::size_t{1} << 31}; // 2^64: 0, if nobody looks
  FAILS(reshape(empty, countless), "reshape|(0)|0 entries|(8589934592, 2147483648) has too many");
  FAILS(transpose(w, {0}), "transpose|(4, 5)|(0) is not an order|" + named);
  FAILS(transpose(w, {0, 0}), "transpose|(4, 5)|(0, 0) is not an order|" + named);
  FAILS(transpose(w, {0, 2}), "transpose|(4, 5)|there is no axis 2|" + named);
  FAILS(transpose(w, {0, 1, 0}), "transpose|(4, 5)|is not an order|" + named);
  FAILS(broadcast_to(w, {4, 6}), "broadcast_to|(4, 5) x (4, 6)|" + named);
  FAILS(broadcast_to(w, {5}), "broadcast_to|(4, 5) x (5)|must broadcast to|" + named);
  FAILS(broadcast_to(w, {1, 5}), "broadcast_to|(4, 5) x (1, 5)|" + named);
  FAILS(slice(w, 0, 3, 5), "slice|(4, 5)|3 .. 5 is no range of axis 0|" + named);
  FAILS(slice(w, 1, 3, 2), "slice|(4, 5)|3 .. 2 is no range|" + named);
  FAILS(slice(w, 2, 0, 1), "slice|(4, 5)|there is no axis 2|" + named);
  FAILS(select(w, -1, 5), "select|(4, 5)|there is no entry 5 on axis -1|" + named);
  FAILS(select(s, 0, 0), "select|()|there is no axis 0");
  FAILS(concatenate({w, x}), "concatenate|(4, 5) x (2, 3)|agree but for axis 0|" + named);
  FAILS(concatenate({w, b}), "concatenate|(4, 5) x (5)|agree but for axis 0|" + named);
  FAILS(concatenate({w, w}, 2), "concatenate|(4, 5)|there is no axis 2|" + named);
  FAILS(concatenate({}), "concatenate|there are no parts");
  FAILS(stack({w, x}), "stack|(4, 5) x (2, 3)|must agree|" + named);
  FAILS(stack({}), "stack|there are no parts");
  FAILS(stack({w, w}, 3), "stack|(4, 5)|there is no place for an axis 3|" + named);
  FAILS(split(w, 2, 2), "split|(4, 5)|there is no axis 2|" + named);
  FAILS(split(w, 0), "split|(4, 5)|at least one entry|" + named);
  FAILS(split(w, std::vector<std::size_t>{2, 3}), "split|(4, 5)|2 + 3 make 5, axis 0 has 4|" + named);
  FAILS(cumsum(w, 2), "cumsum|(4, 5)|there is no axis 2|" + named);
  FAILS(minimum(x, w), "minimum|(2, 3) x (4, 5)|do not broadcast|" + named);

  const Indices mask{{1, 0, 1}, {1, 1, 0}};
  FAILS(where(mask, Operand(x), w), "where|(2, 3) x (4, 5)|do not broadcast|" + named);
  FAILS(where(mask, Operand(w), w), "where|(2, 3) x (4, 5)|do not broadcast");
  FAILS(softmax(w, mask), "softmax|(4, 5) x (2, 3)|do not broadcast|" + named);
  FAILS(log_softmax(v, mask), "log_softmax|(3) x (2, 3)|must broadcast to the first");
  FAILS(softmax(w, 2), "softmax|(4, 5)|there is no axis 2|" + named);
  FAILS(gather(w, 2, mask), "gather|(4, 5)|there is no axis 2|" + named);
  FAILS(gather(w, 0, Indices{1}), "gather|(4, 5)|ids are (1)|" + named);
  FAILS(gather(w, 1, Indices{{0, 5}}), "gather|(4, 5)|there is no entry 5 on axis 1|" + named);
  FAILS(gather(w, 1, Indices{{0, -1}}), "gather|(4, 5)|there is no entry -1 on axis 1|" + named);
  FAILS(argmax(w, 2), "argmax|(4, 5)|there is no axis 2|" + named);
  FAILS(argmax(constant(zeros({2, 0})), 1), "argmax|(2, 0)|nothing to choose");
  FAILS(layer_norm(w, v, v), "layer_norm|(4, 5) x (3) x (3)|expected (..., D)|" + named);
  FAILS(layer_norm(w, b, v), "layer_norm|(4, 5) x (5) x (3)|expected (..., D)|" + named);
  FAILS(layer_norm(x, s, s), "layer_norm|(2, 3) x () x ()|expected (..., D)");

  FAILS(embedding(w, Indices{0, 4}), "embedding|(4, 5)|id 4 is not a row|" + named);
  FAILS(embedding(w, Indices{-1}), "embedding|(4, 5)|id -1 is not a row|" + named);
  FAILS(embedding(b, Indices{0}), "embedding|(5)|(V, D)|(5) is \"bias\"");

  FAILS(softmax(s), "softmax|()|expected (..., V)");
  FAILS(log_softmax(constant(zeros({2, 0}))), "log_softmax|(2, 0)|V > 0");
  FAILS(cross_entropy(w, Indices{0, 1, 2}), "cross_entropy|(4, 5)|are (3), expected (4)|" + named);
  FAILS(cross_entropy(w, Indices{0, 1, 2, 5}), "cross_entropy|(4, 5)|target 5 is not a|" + named);
  FAILS(cross_entropy(w, Indices{0, 1, 2, -1}), "cross_entropy|(4, 5)|target -1|" + named);
  const Var l = constant(zeros({2, 3, 4}));
  const Indices flipped{{0, 0}, {0, 0}, {0, 0}};
  FAILS(cross_entropy(l, flipped), "cross_entropy|(2, 3, 4)|are (3, 2), expected (2, 3)");
  FAILS(mse_loss(w, x), "mse_loss|(4, 5) x (2, 3)|must agree|" + named);
  FAILS(mse_loss(constant(zeros({0})), constant(zeros({0}))), "mse_loss|(0) x (0)|nothing");

  FAILS(binary_cross_entropy(w, x), "binary_cross_entropy|(4, 5) x (2, 3)|must agree|" + named);
  const Var none = constant(zeros({0}));
  FAILS(binary_cross_entropy(none, none), "binary_cross_entropy|(0) x (0)|nothing");

  FAILS(w.size(2), "size|(4, 5)|there is no axis 2|" + named);
  FAILS(w.item(), "item|(4, 5)|one entry|" + named);
}

BOOST_AUTO_TEST_CASE(the_line_of_a_number_and_of_a_second_call) {
  const Var x = constant(zeros({2, 3})), y = constant(zeros({4}));
  FAILS(2 * x + y, "+|(2, 3) x (4)");
  FAILS(sum(exp(x) * y), "*|(2, 3) x (4)");
}

BOOST_AUTO_TEST_CASE(format_errors) {
  const FormatError e("a/b.bin", 17, "expected 8 bytes");
  BOOST_CHECK_EQUAL(e.what(), "a/b.bin: byte 17: expected 8 bytes");
}

BOOST_AUTO_TEST_CASE(an_error_leaves_the_tape_as_it_was) {
  const Var x = variable(zeros({2, 3}));
  Tape tape;
  const Var y = exp(x);
  BOOST_CHECK_THROW(matmul(y, y), ShapeError);
  BOOST_CHECK_EQUAL(tape.size(), 1);
  tape.backward(sum(y));
  BOOST_CHECK(same(x.grad(), ones({2, 3})));
}

BOOST_AUTO_TEST_SUITE_END()

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

#include "autograd/base/product.hpp"
#include "tests/bench/bench.hpp"

extern "C" char* openblas_get_corename();

namespace tapestry::bench {

Peer::Peer(const std::string& name) {
  set_up_blas(); // chooses the kernels
  int question[2], answer[2];
  if (pipe(question) != 0 || pipe(answer) != 0) throw std::runtime_error("there is no pipe");
  std::signal(SIGPIPE, SIG_IGN); // a peer that has ended is noticed when its answer is read
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("no process can be started");
  if (process_ == 0) {
    dup2(question[0], STDIN_FILENO);
    dup2(answer[1], STDOUT_FILENO);
    for (int file : {question[0], question[1], answer[0], answer[1]}) close(file);
    setenv("OPENBLAS_CORETYPE", openblas_get_corename(), 1);
    const std::string script = std::string(TAPESTRY_BENCH) + "/peer_" + name + ".py";
    // Debian's PyTorch belongs to Debian's Python, not to another one that may lead the path.
    // Called by its bare name, it would take the other one's modules.
    constexpr const char* python = "/usr/bin/python3";
    execl(python, python, script.c_str(), nullptr);
    _exit(127);
  }
  close(question[0]);
  close(answer[1]);
  to_ = question[1];
  from_ = answer[0];
  modes_ = ask({{"modes", true}}).get<std::vector<std::string>>();
}

Peer::~Peer() {
  close(to_); // it ends when there are no more questions
  close(from_);
  waitpid(process_, nullptr, 0);
}

nlohmann::json Peer::ask(const nlohmann::json& question) {
  const std::string line = question.dump() + "\n";
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t n = write(to_, line.data() + written, line.size() - written);
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  std::size_t end;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    char part[4096];
    const ssize_t n = read(from_, part, sizeof part);
    if (n <= 0) throw std::runtime_error("the peer has ended; it says above why");
    buffer_.append(part, static_cast<std::size_t>(n));
  }
  const std::string answer = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return nlohmann::json::parse(answer);
}

} // namespace tapestry::bench

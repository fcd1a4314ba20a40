#include "agent/sim.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <sstream>
#include <stdexcept>

namespace drachtio::test {

Sim::Sim(const std::vector<std::string>& arguments) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error{"no pipe"};
  }
  const std::string path = std::string{DRACHTIO_BIN_DIR} + "/drachtio-sim";
  std::vector<std::string> words{path, "--port", "0"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  in_ = in[1];
  out_ = out[0];
  const std::string line = read_line();
  const std::size_t colon = line.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error{"drachtio-sim says: " + line};
  port_ = static_cast<std::uint16_t>(std::stoul(line.substr(colon + 1)));
}

Sim::~Sim() {
  ::close(in_);
  ::close(out_);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Sim::command(const std::string& line) const {
  const std::string text = line + '\n';
  if (::write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error{"drachtio-sim takes no commands"};
  }
}

std::map<std::string, long> Sim::stats() {
  command("stats");
  std::map<std::string, long> counts;
  std::istringstream words{read_line()};
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    counts[word.substr(0, equals)] = std::stol(word.substr(equals + 1));
  }
  return counts;
}

std::string Sim::read_line() {
  while (true) {
    if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
      std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      return line;
    }
    pollfd ready{out_, POLLIN, 0};
    if (::poll(&ready, 1, 20'000) <= 0) throw std::runtime_error{"drachtio-sim says nothing"};
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(out_, buffer.data(), buffer.size());
    if (count <= 0) throw std::runtime_error{"drachtio-sim has ended"};
    read_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace drachtio::test

// drachtio-sim as a process of the test's own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace drachtio::test {

class Sim {
 public:
  // Starts it on a free port.
  explicit Sim(const std::vector<std::string>& arguments = {});
  ~Sim();
  Sim(const Sim&) = delete;
  Sim& operator=(const Sim&) = delete;
  Sim(Sim&&) = delete;
  Sim& operator=(Sim&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // One of the commands of its help.
  void command(const std::string& line) const;
  // What `stats` prints.
  std::map<std::string, long> stats();

 private:
  std::string read_line();

  int pid_ = 0;
  int in_ = -1;
  int out_ = -1;
  std::string read_;
  std::uint16_t port_ = 0;
};

}  // namespace drachtio::test

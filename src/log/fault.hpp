// What a verification found wrong: where, and in plain words what was expected and what is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace drachtio::log {

struct Fault {
  std::string where;  // "event 12", "evidence 12", "dialog 7", "schema", "file"
  std::string what;
};

// Keeps the first faults and counts them all, so that a wholly broken file costs no memory.
class Faults {
 public:
  explicit Faults(std::size_t most = 100) : most_(most) {}

  void add(std::string where, std::string what) {
    ++count_;
    if (kept_.size() < most_) kept_.push_back({std::move(where), std::move(what)});
  }
  // Worth telling, but not wrong.
  void note(std::string what) {
    if (notes_.size() < most_) notes_.push_back(std::move(what));
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const std::vector<Fault>& kept() const { return kept_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::size_t most_;
  std::size_t count_ = 0;
  std::vector<Fault> kept_;
  std::vector<std::string> notes_;
};

// Told how far long work has come, `done` of `total`. May throw to stop it.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

}  // namespace drachtio::log

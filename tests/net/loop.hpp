// An io_context with a thread of its own, for what is under test, and what it told, for the test.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace drachtio::test {

class Loop {
 public:
  Loop() : work_(io_.get_executor()), thread_([this] { io_.run(); }) {}
  ~Loop() {
    work_.reset();
    thread_.join();  // all that was started has been stopped: run() ends by itself
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  Loop(Loop&&) = delete;
  Loop& operator=(Loop&&) = delete;

  boost::asio::io_context& io() { return io_; }

  // Does it on the loop's thread, and waits for it.
  template <typename Function>
  auto on(Function function) {
    std::packaged_task<decltype(function())()> task{std::move(function)};
    auto result = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return result.get();
  }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

// Lines told on the loop's thread, waited for on the test's.
class Told {
 public:
  void say(std::string line) {
    {
      const std::lock_guard lock{mutex_};
      lines_.push_back(std::move(line));
    }
    changed_.notify_all();
  }

  // Waits, for 20 s at most, until `enough` of the lines so far; returns whether it came to be.
  bool wait(const std::function<bool(const std::vector<std::string>&)>& enough) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{20}, [&] { return enough(lines_); });
  }

  // The line number `index`, once there is one; empty if it never comes.
  std::string line(std::size_t index) {
    wait([&](const auto& lines) { return lines.size() > index; });
    const std::lock_guard lock{mutex_};
    return index < lines_.size() ? lines_[index] : std::string{};
  }

  std::vector<std::string> lines() {
    const std::lock_guard lock{mutex_};
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

}  // namespace drachtio::test

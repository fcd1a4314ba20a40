// Measures from a commit until a public Subscription has told of its event, in the writer's process
// and in another one, an event at a time.
#include "benches.hpp"
#include "measure.hpp"
#include "record/writer.hpp"
#include "recorded_log.hpp"
#include "traffic.hpp"

#include <drachtio/subscription.hpp>

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <system_error>
#include <thread>

namespace drachtio::bench {

namespace {

using SteadyClock = std::chrono::steady_clock;  // one for all processes of a machine

constexpr std::size_t events = 1200;
constexpr std::size_t warm_up = 60;

struct Told {
  std::int64_t position = 0;
  SteadyClock::time_point at;
};

// Subscribes, and calls `told` for each event, through the last one.
template <typename Tell>
void subscribe(const std::filesystem::path& db, const Tell& told) {
  DialogSignals signals;
  signals.on_event().connect([&](const DialogEvent& event) {
    told(Told{event.position, SteadyClock::now()});
  });
  Subscription subscription{db, signals, 0};
  told(Told{});  // ready
  while (subscription.position() < static_cast<std::int64_t>(events)) {
    subscription.wait(std::chrono::seconds{1});
  }
}

// The other process writes what it is told into a pipe. It must be made before any thread.
class OtherProcess {
 public:
  explicit OtherProcess(const std::filesystem::path& db) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    child_ = ::fork();
    if (child_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
    if (child_ == 0) {
      ::close(ends[0]);
      subscribe(db, [&](const Told& told) { (void)!::write(ends[1], &told, sizeof told); });
      ::_exit(0);
    }
    ::close(ends[1]);
    from_ = ends[0];
  }
  ~OtherProcess() {
    ::close(from_);
    ::waitpid(child_, nullptr, 0);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  OtherProcess(OtherProcess&&) = delete;
  OtherProcess& operator=(OtherProcess&&) = delete;

  [[nodiscard]] Told next() const {
    Told told;
    if (::read(from_, &told, sizeof told) != sizeof told) {
      throw std::runtime_error{"the subscriber in the other process has ended"};
    }
    return told;
  }

 private:
  pid_t child_ = -1;
  int from_ = -1;
};

class Times {
 public:
  void add(SteadyClock::time_point from, SteadyClock::time_point to) {
    values_.push_back(std::chrono::duration<double, std::micro>(to - from).count());
  }
  void print(const char* what) {
    std::vector<double> sorted{values_.begin() + warm_up, values_.end()};
    std::ranges::sort(sorted);
    fmt::print("  {:22} {:8.0f} {:8.0f} {:8.0f}\n", what, percentile(sorted, 0.5),
               percentile(sorted, 0.99), percentile(sorted, 0.999));
  }

 private:
  std::vector<double> values_;
};

}  // namespace

int subscription(const LogOptions& options) {
  remove_database(options.db);
  { const log::EventLog made{options.db}; }
  const OtherProcess other{options.db};
  (void)other.next();  // it is ready

  std::vector<SteadyClock::time_point> told_here(events + 1);
  std::atomic<std::int64_t> position_here = -1;
  std::thread here{[&] {
    subscribe(options.db, [&](const Told& told) {
      told_here[static_cast<std::size_t>(told.position)] = told.at;
      position_here = told.position;
      position_here.notify_one();
    });
  }};
  position_here.wait(-1);

  std::vector<SteadyClock::time_point> committed(events + 1);
  std::atomic<std::int64_t> committed_through = 0;
  record::Writer::Options writer_options;
  writer_options.on_commit = [&, last = std::size_t{0}](const log::Head& head) mutable {
    const auto now = SteadyClock::now();
    while (last < static_cast<std::size_t>(head.position)) committed[++last] = now;
    committed_through = head.position;
    committed_through.notify_one();
  };
  Times in_this, in_other;
  record::Writer writer{options.db, writer_options};
  std::size_t position = 0;
  for (std::uint64_t number = 0; position < events; ++number) {
    for (std::string& payload : call(number)) {
      writer.frame({server_name, 1, wire::Sender::server, std::move(payload), drachtio::now()});
      ++position;
      position_here.wait(static_cast<std::int64_t>(position) - 1);
      const Told there = other.next();
      committed_through.wait(static_cast<std::int64_t>(position) - 1);  // a reader may be quicker
      in_this.add(committed[position], told_here[position]);
      in_other.add(committed[position], there.at);
    }
  }
  here.join();
  writer.stop();
  fmt::print("subscription: us from commit to told     p50      p99    p99.9\n");
  in_this.print("in this process");
  in_other.print("in another process");
  return 0;
}

}  // namespace drachtio::bench

// From a frame handed to the writer until a subscriber is told of its event, idle and at half the
// full rate, against a bare commit of one row.
#include "benches.hpp"
#include "measure.hpp"
#include "record/writer.hpp"
#include "recorded_log.hpp"
#include "traffic.hpp"

#include <drachtio/subscription.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fmt/core.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace drachtio::bench {

namespace {

using SteadyClock = std::chrono::steady_clock;

// A writer, and a subscriber that its commits wake, as an Agent has them.
class Pair {
 public:
  explicit Pair(const std::filesystem::path& db)
      : writer_(db, options()), subscription_(db, signals_, 0), reader_([this] { run(); }) {
    signals_.on_event().connect([this](const DialogEvent& told) {
      told_at_[static_cast<std::size_t>(told.position)] = SteadyClock::now();
    });
  }
  ~Pair() {
    {
      const std::lock_guard lock{mutex_};
      done_ = true;
    }
    woken_.notify_one();
    reader_.join();
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  Pair(Pair&&) = delete;
  Pair& operator=(Pair&&) = delete;

  void expect(std::size_t events) {
    told_at_.assign(events + 1, {});
    sent_at_.assign(events + 1, {});
  }
  // The event will be at `position`.
  void send(std::size_t position, std::string payload) {
    sent_at_[position] = SteadyClock::now();
    writer_.frame({server_name, 1, wire::Sender::server, std::move(payload), drachtio::now()});
  }
  void wait_for(std::int64_t position) {
    std::unique_lock lock{mutex_};
    told_.wait(lock, [&] { return position_ >= position; });
  }
  // Microseconds, sorted.
  [[nodiscard]] std::vector<double> latencies(std::size_t from) const {
    std::vector<double> values;
    for (std::size_t i = from; i < told_at_.size(); ++i) {
      values.push_back(
          std::chrono::duration<double, std::micro>(told_at_[i] - sent_at_[i]).count());
    }
    std::ranges::sort(values);
    return values;
  }

 private:
  record::Writer::Options options() {
    record::Writer::Options options;
    options.on_commit = [this](const log::Head& head) {
      {
        const std::lock_guard lock{mutex_};
        committed_ = head.position;
      }
      woken_.notify_one();
    };
    return options;
  }
  void run() {
    while (true) {
      {
        std::unique_lock lock{mutex_};
        woken_.wait(lock, [&] { return done_ || committed_ > position_; });
        if (done_) return;
      }
      subscription_.deliver();
      {
        const std::lock_guard lock{mutex_};
        position_ = subscription_.position();
      }
      told_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable woken_;
  std::condition_variable told_;
  std::int64_t committed_ = 0;
  std::int64_t position_ = 0;
  bool done_ = false;
  std::vector<SteadyClock::time_point> sent_at_;
  std::vector<SteadyClock::time_point> told_at_;
  DialogSignals signals_;
  record::Writer writer_;
  Subscription subscription_;
  std::thread reader_;
};

std::vector<double> bare_commits(const std::filesystem::path& db, std::size_t count) {
  remove_database(db);
  SQLite::Database database{db.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "CREATE TABLE event (position INTEGER PRIMARY KEY, data TEXT) STRICT;");
  SQLite::Statement insert{database, "INSERT INTO event (data) VALUES (?)"};
  const std::string data(1500, 'x');
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const Stopwatch watch;
    insert.bindNoCopy(1, data);
    insert.exec();
    insert.reset();
    values.push_back(watch.seconds() * 1e6);
  }
  std::ranges::sort(values);
  remove_database(db);
  return values;
}

void print(const char* what, const std::vector<double>& sorted, const std::vector<double>& bare) {
  const auto ratio = [&](double share) {
    return percentile(sorted, share) / percentile(bare, share);
  };
  fmt::print("  {:22} {:8.0f} {:8.0f} {:8.0f}   {:.1f} and {:.1f} bare commits (p50, p99)\n", what,
             percentile(sorted, 0.5), percentile(sorted, 0.99), percentile(sorted, 0.999),
             ratio(0.5), ratio(0.99));
}

}  // namespace

int latency(const LogOptions& options) {
  constexpr std::size_t warm_up = 60;
  const std::size_t idle_events = 1200;
  const std::size_t events = std::max<std::size_t>(options.calls, 100) * frames_a_call;
  const auto bare = bare_commits(options.db.string() + ".bare", idle_events);

  remove_database(options.db);
  std::vector<double> idle;
  {
    Pair pair{options.db};
    pair.expect(idle_events);
    std::size_t position = 0;
    for (std::uint64_t number = 0; position < idle_events; ++number) {
      for (std::string& payload : call(number)) {
        pair.send(++position, std::move(payload));
        pair.wait_for(static_cast<std::int64_t>(position));
      }
    }
    idle = pair.latencies(warm_up);
  }

  std::vector<std::string> payloads;
  for (std::uint64_t number = 0; payloads.size() < events; ++number) {
    for (std::string& payload : call(number)) payloads.push_back(std::move(payload));
  }
  const auto run_at = [&](double frames_a_second) {
    remove_database(options.db);
    Pair pair{options.db};
    pair.expect(events);
    const auto start = SteadyClock::now();
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      if (frames_a_second > 0) {  // in bursts of a millisecond, as sockets bring them
        const auto due = start + std::chrono::milliseconds{static_cast<std::int64_t>(
                                     static_cast<double>(i) * 1000 / frames_a_second)};
        if (due > SteadyClock::now()) std::this_thread::sleep_until(due);
      }
      pair.send(i + 1, payloads[i]);
    }
    pair.wait_for(static_cast<std::int64_t>(events));
    const double seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
    return std::pair{pair.latencies(warm_up), static_cast<double>(events) / seconds};
  };
  const double full_rate = run_at(0).second;
  const auto [half, half_rate] = run_at(full_rate / 2);

  fmt::print("latency: us from frame to subscriber     p50      p99    p99.9\n");
  print("bare commit of a row", bare, bare);
  print("idle", idle, bare);
  print(fmt::format("{:.0f} frames/s (half)", full_rate / 2).c_str(), half, bare);
  fmt::print("  full rate, subscriber included: {:.0f} frames/s; ran at {:.0f}\n", full_rate,
             half_rate);
  return 0;
}

}  // namespace drachtio::bench

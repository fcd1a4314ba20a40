// Measures what a long history costs: it asks the same questions, starts up and records with ten
// thousand calls in the log and with many more. The log is written as if it had been recorded at
// ten thousand calls a day. Questions are asked with dialog-replay, as users ask them.
#include "benches.hpp"
#include "measure.hpp"
#include "recorded_log.hpp"
#include "text/timestamp.hpp"
#include "traffic.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace drachtio::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t calls_a_day = 10000;
constexpr std::uint64_t open_calls = 200;
constexpr std::uint64_t first_open = 1'000'000'000;  // numbers that no ended call reaches
constexpr std::uint64_t measured_calls = 5000;
constexpr std::size_t frames_a_commit = 2000;
constexpr int times_asked = 9;

// Calls begin at noon, 997 us apart, as their frames say (traffic.cpp).
Instant read_at(std::uint64_t day, std::uint64_t number) {
  const Instant first_day{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  return first_day + std::chrono::days{day} + 12h + Microseconds{number * 997 % 3'600'000'000};
}

// A GrowingLog is recorded by a clock of its own, which the frames' times set.
class GrowingLog {
 public:
  explicit GrowingLog(const std::filesystem::path& db)
      : now_(read_at(0, 0)), ledger_(log::EventLog{db}, [this] { return now_; }) {
    ledger_.look_back(5min);  // as a recorder does
  }

  void add_ended(std::uint64_t first, std::uint64_t calls) {
    for (std::uint64_t number = first; number < first + calls; ++number) {
      add(number / calls_a_day, number, frames_a_call);
    }
    ledger_.commit();
  }
  void add_open() {
    for (std::uint64_t i = 0; i < open_calls; ++i) add(0, first_open + i, 4);
    ledger_.commit();
  }

 private:
  void add(std::uint64_t day, std::uint64_t number, std::size_t frames) {
    now_ = read_at(day, number);
    for (std::string& payload : call(number, frames)) {
      ledger_.frame({server_name, 1, wire::Sender::server, std::move(payload), now_});
    }
    if (ledger_.staged() >= frames_a_commit) ledger_.commit();
  }

  Instant now_;
  record::Ledger ledger_;
};

// Runs a program that prints to nobody; returns the seconds it took.
double seconds_of(std::vector<std::string> words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  const Stopwatch watch;
  pid_t child = 0;
  const int error = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error{error, std::generic_category(), words.front()};
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error{words.front() + " " + words[3] + " has failed"};
  return watch.seconds();
}

struct Figure {
  std::string what;
  std::vector<double> values;
};

std::string text_at(std::uint64_t number, Microseconds later = {}) {
  return text::rfc3339(read_at(number / calls_a_day, number) + later);
}

// Everything is asked of the middle of the log but what is asked of its end.
std::vector<Figure> ask(const std::filesystem::path& db, std::uint64_t calls) {
  const std::uint64_t middle = calls / 2;
  const std::string call_id =
      log::Reader{db}
          .database()
          .execAndGet("SELECT call_id FROM dialog WHERE calling_user = '" + caller(middle) + "'")
          .getString();
  const std::string replay =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "dialog-replay").string();
  const std::vector<std::pair<std::string, std::vector<std::string>>> questions{
      {"dialog-replay list, of the latest second", {"list", "--since", text_at(calls - 1, -1s)}},
      {"dialog-replay list --active", {"list", "--active"}},
      {"dialog-replay show", {"show", call_id}},
      {"dialog-replay state --at", {"state", "--at", text_at(middle)}},
      {"call_record of a second, in SQL",
       {"sql", "SELECT * FROM call_record WHERE start_time BETWEEN '" + text_at(middle) +
                   "' AND '" + text_at(middle, 1s) + "'"}},
      {"the latest 100 of call_record, in SQL",
       {"sql", "SELECT * FROM call_record ORDER BY start_time DESC LIMIT 100"}},
      {"call_record by caller, in SQL",
       {"sql", "SELECT * FROM call_record WHERE caller = '" + caller(middle) + "'"}},
  };
  std::vector<Figure> figures;
  for (const auto& [what, words] : questions) {
    std::vector<std::string> command{replay, "--db", db.string()};
    command.insert(command.end(), words.begin(), words.end());
    Figure& figure = figures.emplace_back(Figure{what + ", ms", {}});
    seconds_of(command);
    for (int i = 0; i < times_asked; ++i) figure.values.push_back(seconds_of(command) * 1e3);
  }
  return figures;
}

// Measures start-up with the open calls, and then how long a frame takes to record.
std::vector<Figure> record_on(const std::filesystem::path& db, std::uint64_t calls, int rounds) {
  Figure starting{"start-up, 200 calls open, ms", {}};
  Figure recording{"recording, us a frame", {}};
  for (int round = -1; round < rounds; ++round) {
    const Stopwatch starts;
    GrowingLog log{db};
    const double started = starts.seconds();
    const Stopwatch records;
    log.add_ended(calls + static_cast<std::uint64_t>(round + 1) * measured_calls, measured_calls);
    const double recorded = records.seconds();
    if (round < 0) continue;
    starting.values.push_back(started * 1e3);
    recording.values.push_back(recorded * 1e6 /
                               static_cast<double>(measured_calls * frames_a_call));
  }
  return {starting, recording};
}

std::vector<Figure> measure(const std::filesystem::path& db, std::uint64_t calls, int rounds) {
  std::vector<Figure> figures = ask(db, calls);
  for (Figure& figure : record_on(db, calls, rounds)) figures.push_back(std::move(figure));
  return figures;
}

}  // namespace

int history(const LogOptions& options) {
  const std::uint64_t few = std::min(calls_a_day, options.calls);
  const std::uint64_t recorded = static_cast<std::uint64_t>(options.rounds + 1) * measured_calls;
  remove_database(options.db);
  {
    GrowingLog log{options.db};
    log.add_open();
    log.add_ended(0, few);
  }
  const std::vector<Figure> then = measure(options.db, few, options.rounds);
  const std::uint64_t many = std::max(options.calls, few + recorded);
  GrowingLog{options.db}.add_ended(few + recorded, many - few - recorded);
  const std::vector<Figure> now = measure(options.db, many, options.rounds);
  fmt::print("history: {} calls in the log, and {}; {:.1f} GB\n", few, many,
             static_cast<double>(std::filesystem::file_size(options.db)) / 1e9);
  fmt::print("  {:<44} {:>22} {:>22}  ratio\n", "", few, many);
  for (std::size_t i = 0; i < now.size(); ++i) {
    fmt::print("  {:<44} {:>22} {:>22}  {:.2f}\n", now[i].what, spread(then[i].values, 1),
               spread(now[i].values, 1), median(now[i].values) / median(then[i].values));
  }
  return 0;
}

}  // namespace drachtio::bench

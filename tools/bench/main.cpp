// drachtio-bench: what the road costs, each figure as a ratio to the bare floor of the same run.
#include "benches.hpp"
#include "console/command_line.hpp"
#include "log/memory_statistics.hpp"
#include "recorded_log.hpp"
#include "sip/parser_arena.hpp"

#include <fmt/core.h>

int main(int argc, char** argv) {
  using namespace drachtio::bench;
  CLI::App app{"Measures drachtio-dialog against bare floors, in one run each.", "drachtio-bench"};
  app.require_subcommand(1);
  const char* db_help = "File to write anew; if it exists, it must be a bench's";
  const char* rounds_help = "Measurements, after one to warm up; their median counts";
  int status = 0;
  drachtio::sip::install_parser_arena();
  drachtio::log::forgo_memory_statistics();

  IngestOptions ingest_options;
  auto* ingest_command = app.add_subcommand("ingest", "Server bytes to durable events");
  ingest_command->add_option("--db", ingest_options.db, db_help)->required();
  ingest_command->add_option("--stream", ingest_options.stream,
                             "Frames as they come from a server; else calls are generated");
  ingest_command->add_option("--calls", ingest_options.calls, "Calls to generate")
      ->check(drachtio::tools::whole_number(1))
      ->capture_default_str();
  ingest_command->add_option("--open", ingest_options.open, "Of these, how many are up at a time")
      ->check(drachtio::tools::whole_number(1))
      ->capture_default_str();
  ingest_command->add_option("--rounds", ingest_options.rounds, rounds_help)
      ->check(drachtio::tools::whole_number(1))
      ->capture_default_str();
  ingest_command->callback([&] {
    require_ours(ingest_options.db);
    status = ingest(ingest_options);
  });

  LogOptions options;
  const auto add = [&](const char* name, const char* what, int (*bench)(const LogOptions&)) {
    auto* command = app.add_subcommand(name, what);
    command->add_option("--db", options.db, db_help)->required();
    command->add_option("--calls", options.calls, "Calls to generate")
        ->check(drachtio::tools::whole_number(1))
        ->capture_default_str();
    command->add_option("--rounds", options.rounds, rounds_help)
        ->check(drachtio::tools::whole_number(1))
        ->capture_default_str();
    command->callback([&status, &options, bench] {
      require_ours(options.db);
      status = bench(options);
    });
  };
  add("rebuild", "The fold of the log, and the refill of the tables", rebuild);
  add("pages", "Pages a commit writes, and whether that grows with the log", pages);
  add("history", "Questions, start-up and recording with a short log and a long one", history);
  add("restart", "Time to be ready, per open call", restart);
  add("latency", "From frame read to subscriber told", latency);
  add("subscription", "From commit to subscriber told, in this process and another", subscription);
  add("memory", "Bytes per open dialog", memory);
  add("agent", "Calls a second through an Agent, and INVITE to 200", agent);
  add("relay", "What the tap's relay adds", relay);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "drachtio-bench: {}\n", error.what());
    return 3;
  }
  return status;
}

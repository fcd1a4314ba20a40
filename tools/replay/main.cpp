// dialog-replay: reads what dialog-recorder wrote. Read-only, but for `rebuild`.
//
// Exit status: 0 done, 1 found wrong or not found, 2 usage, 3 the log cannot be opened or read.
#include "log/error.hpp"
#include "replay/arguments.hpp"
#include "text/escape.hpp"

#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>

namespace {

using namespace drachtio;
using namespace drachtio::replay;

int fail(int status, const std::string& what) {
  tools::put_error(fmt::format("dialog-replay: {}\n", text::escaped(what)));
  return status;
}

int run(const Arguments& line) {
  try {
    const int status = line.run();
    if (output_failed()) return fail(cannot_read, "cannot write the output");
    return status;
  } catch (const projection::UnfitCondition& error) {
    return fail(usage, error.what());
  } catch (const log::Error& error) {
    return fail(cannot_read, error.what());
  } catch (const SQLite::Exception& error) {
    return fail(cannot_read, "cannot read the log " + line.db.string() + ": " + error.what());
  } catch (const std::exception& error) {
    return fail(wrong_or_not_found,
                std::string{error.what()} + " (dialog-replay verify says more)");
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments line;
  CLI::App app{"Reads the log of a dialog-recorder: calls, histories, proofs."};
  app.set_version_flag("--version", "dialog-replay " DRACHTIO_VERSION);
  app.fallthrough();
  app.require_subcommand(1);
  app.add_option("--db", line.db, "The log: an SQLite file")
      ->type_name("FILE")
      ->required()
      ->check(tools::not_empty("a file must have a name"));
  app.footer(
      "Examples:\n"
      "  dialog-replay --db calls.db list --active\n"
      "  dialog-replay --db calls.db show 1-20016@127.0.0.1\n"
      "  dialog-replay --db calls.db ladder 1-20016@127.0.0.1\n"
      "  dialog-replay --db calls.db state --at '2026-11-22 18:39:48'\n"
      "  dialog-replay --db calls.db verify\n"
      "Exit status: 0 done, 1 found wrong or not found, 2 usage, 3 cannot open or read.");
  add_call_commands(app, line);
  add_log_commands(app, line);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a disk that is full
  int status = usage;
  return tools::parse(app, argc, argv, usage, status) ? run(line) : status;
}

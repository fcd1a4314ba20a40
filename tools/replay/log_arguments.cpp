// The arguments of the subcommands about the log as such: verify, tail, sql, rebuild, backup, gaps.
#include "replay/arguments.hpp"

namespace drachtio::replay {

namespace {

void add_verify(CLI::App& app, Arguments& line) {
  CLI::App& command = add_command(
      app, "verify", "Prove that nothing recorded was changed, removed, added or reordered",
      "  dialog-replay --db calls.db verify\n"
      "  dialog-replay --db calls.db verify --head 105:9f86d081884c7d659a2feaa0c55ad015...",
      [&line] {
        line.verify.db = line.db;
        line.run = [&line] { return verify(line.verify); };
      });
  command
      .add_option_function<std::string>(
          "--head",
          [&line](const std::string& text) {
            line.verify.head = parse_noted_head(text);
            if (!line.verify.head) {
              throw CLI::ValidationError(
                  "--head", "a head is POSITION:HASH or HASH, and a hash is 64 hexadecimal digits");
            }
          },
          "A head noted earlier: proves that nothing was cut off since")
      ->type_name("[POSITION:]HASH");
}

void add_tail(CLI::App& app, Arguments& line) {
  CLI::App& command = add_command(app, "tail", "The log's events, also as they are recorded",
                                  "  dialog-replay --db calls.db tail --follow\n"
                                  "  dialog-replay --db calls.db tail --from 0 --json",
                                  [&line] {
                                    line.tail.db = line.db;
                                    line.run = [&line] { return tail(line.tail); };
                                  });
  command.add_option("--from", line.tail.from, "From this position on (default: the last 10)")
      ->type_name("N")
      ->check(tools::whole_number(0));
  command.add_flag("--follow,-f", line.tail.follow, "Go on with what is recorded, until Ctrl-C");
  command.add_flag("--json", line.tail.json, "Print JSON, one event a line");
  add_zone(command, line.tail.zone);
}

void add_sql(CLI::App& app, Arguments& line) {
  CLI::App& command =
      add_command(app, "sql", "Ask in SQL: one SELECT, that can do nothing but read",
                  "  dialog-replay --db calls.db sql 'SELECT disposition, count(*) FROM "
                  "call_record GROUP BY 1'\n"
                  "Views: call_record, active_call, call_event, coverage_gap. "
                  "Tables: event, sip_message, dialog.",
                  [&line] {
                    line.sql.db = line.db;
                    line.run = [&line] { return sql(line.sql); };
                  });
  command.add_option("statement", line.sql.statement, "The statement")
      ->type_name("SELECT")
      ->required();
  command
      .add_option_function<double>(
          "--timeout",
          [&line](const double& seconds) {
            line.sql.timeout = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
          },
          "Stop after so many seconds (default: 30)")
      ->type_name("SECONDS")
      ->check(tools::number_of_seconds(0.001, 1'000'000));
  add_formats(command, line.sql.format);
}

void add_others(CLI::App& app, Arguments& line) {
  add_command(app, "rebuild",
              "Drop the table of dialogs and refill it from the log (no recorder may run)",
              "  dialog-replay --db calls.db rebuild",
              [&line] { line.run = [&line] { return rebuild(line.db); }; });
  CLI::App& copy =
      add_command(app, "backup", "A consistent copy, also while a recorder writes; verified",
                  "  dialog-replay --db calls.db backup calls-2026-11-22.db",
                  [&line] { line.run = [&line] { return backup(line.db, line.destination); }; });
  copy.add_option("file", line.destination, "The copy; must not exist")
      ->type_name("FILE")
      ->required()
      ->check(tools::not_empty("a file must have a name"));
  CLI::App& blind =
      add_command(app, "gaps", "When the recorder was blind",
                  "  dialog-replay --db calls.db gaps --server 10.0.0.5:9022", [&line] {
                    line.gaps.db = line.db;
                    line.run = [&line] { return gaps(line.gaps); };
                  });
  blind.add_option("--server", line.gaps.server, "Name of the server; * stands for anything")
      ->type_name("NAME");
  add_formats(blind, line.gaps.format);
  add_zone(blind, line.gaps.zone);
}

}  // namespace

void add_log_commands(CLI::App& app, Arguments& line) {
  add_verify(app, line);
  add_tail(app, line);
  add_sql(app, line);
  add_others(app, line);
}

}  // namespace drachtio::replay

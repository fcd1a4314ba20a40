// A capture of tests/cases, imported into an empty log: what has come out of it.
#pragma once

#include "catch.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

#include <boost/json.hpp>

#include <sstream>

namespace drachtio::test {

class Case {
 public:
  explicit Case(const std::string& name) : Case(std::vector{name}) {}
  // Several captures, imported one after another.
  explicit Case(const std::vector<std::string>& names) {
    for (const std::string& name : names) import(name);
    const Ran verified = run("dialog-replay", {"verify", "--db", db_});
    INFO(verified.out << verified.err);
    CHECK(verified.status == 0);
    dialogs_ = objects(run("dialog-replay", {"list", "--db", db_, "--json"}).out);
  }

  [[nodiscard]] std::size_t count() const { return dialogs_.size(); }
  // A member of the dialog, in order of start: "hold", "remote.sdp".
  [[nodiscard]] std::string text(std::size_t dialog, const std::string& path) const {
    const boost::json::value* value = &dialogs_.at(dialog).at(path.substr(0, path.find('.')));
    if (const std::size_t dot = path.find('.'); dot != std::string::npos) {
      value = &value->as_object().at(path.substr(dot + 1));
    }
    return value->is_string() ? std::string{std::string_view{value->as_string()}}
                              : boost::json::serialize(*value);
  }
  // Returns each leg's disposition, in the order the legs began in the log.
  [[nodiscard]] std::string dispositions() const {
    std::string all;
    for (const boost::json::object& row : rows("SELECT disposition FROM call_record ORDER BY id")) {
      all += (all.empty() ? "" : " ") +
             std::string{std::string_view{row.at("disposition").as_string()}};
    }
    return all;
  }
  [[nodiscard]] double talk_seconds(std::size_t leg) const {
    return rows("SELECT talk_seconds FROM call_record ORDER BY id")
        .at(leg)
        .at("talk_seconds")
        .to_number<double>();
  }

  // How many events end a leg, at most.
  [[nodiscard]] std::int64_t ends_a_leg() const {
    return rows(
               "SELECT max(ends) AS it FROM (SELECT count(*) AS ends FROM event "
               "WHERE type = 'terminated' GROUP BY dialog)")
        .at(0)
        .at("it")
        .as_int64();
  }
  // Each leg's column of call_record, in the order the legs began in the log; null: empty.
  [[nodiscard]] std::vector<std::string> column(const std::string& name) const {
    std::vector<std::string> all;
    for (const auto& row : rows("SELECT " + name + " AS it FROM call_record ORDER BY id")) {
      const boost::json::value& value = row.at("it");
      all.emplace_back(value.is_string() ? std::string{std::string_view{value.as_string()}} : "");
    }
    return all;
  }

 private:
  void import(const std::string& name) {
    const std::string capture = std::string{DRACHTIO_TEST_CASES} + "/" + name + ".jsonl";
    const Ran imported =
        run("dialog-recorder", {"import", "--db", db_, "--server", "pbx", capture});
    INFO(imported.out << imported.err);
    REQUIRE(imported.status == 0);
    const Ran again = run("dialog-recorder", {"import", "--db", db_, "--server", "pbx", capture});
    CHECK(head_of(again) == head_of(imported));
  }
  static std::string head_of(const Ran& imported) {
    return imported.out.substr(imported.out.find("log head"));
  }
  static std::vector<boost::json::object> objects(const std::string& lines) {
    std::vector<boost::json::object> result;
    std::istringstream stream{lines};
    for (std::string line; std::getline(stream, line);) {
      result.push_back(boost::json::parse(line).as_object());
    }
    return result;
  }
  [[nodiscard]] std::vector<boost::json::object> rows(const std::string& sql) const {
    return objects(run("dialog-replay", {"sql", "--db", db_, "--json", sql}).out);
  }

  ScratchFolder folder_;
  std::string db_ = (folder_ / "calls.db").string();
  std::vector<boost::json::object> dialogs_;
};

}  // namespace drachtio::test

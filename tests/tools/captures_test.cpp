// Recorded traffic of a real drachtio-server goes in; what it means, worked out by an independent
// model, must come out: however the stream was cut.
#include "capture_file.hpp"
#include "catch.hpp"
#include "program.hpp"
#include "scratch_folder.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <sstream>

using namespace drachtio;
using namespace drachtio::test;

namespace {

namespace json = boost::json;

std::vector<json::object> objects(const std::string& lines) {
  std::vector<json::object> result;
  std::istringstream stream{lines};
  for (std::string line; std::getline(stream, line);) {
    result.push_back(json::parse(line).as_object());
  }
  return result;
}

std::vector<json::object> expected(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream{capture_path(name + ".expected")}.rdbuf();
  return objects(text.str());
}

// Imports, lists, verifies; every expected member must be there and equal.
void check(const std::string& name, const std::filesystem::path& capture) {
  const ScratchFolder folder;
  const std::string db = (folder / "calls.db").string();
  const Ran imported = run("dialog-recorder", {"import", "--db", db, capture.string()});
  INFO(imported.out << imported.err);
  REQUIRE(imported.status == 0);

  const Ran listed = run("dialog-replay", {"list", "--db", db, "--json"});
  INFO(listed.out << listed.err);
  REQUIRE(listed.status == 0);
  const auto dialogs = objects(listed.out);
  const auto wanted = expected(name);
  REQUIRE(dialogs.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (const auto& [member, value] : wanted[i]) {
      INFO(member);
      REQUIRE(dialogs[i].contains(member));
      CHECK(dialogs[i].at(member) == value);
    }
    CHECK(dialogs[i].contains("server"));
    CHECK(dialogs[i].contains("session"));
  }

  const Ran verified = run("dialog-replay", {"verify", "--db", db});
  INFO(verified.out << verified.err);
  CHECK(verified.status == 0);
}

}  // namespace

TEST_CASE("every capture means what its expectation says, in the chunks it was recorded in") {
  REQUIRE(capture_names().size() >= 30);
  for (const std::string& name : capture_names()) {
    INFO(name);
    check(name, capture_path(name));
  }
}

TEST_CASE("every capture means the same cut into single bytes") {
  const ScratchFolder folder;
  for (const std::string& name : capture_names()) {
    INFO(name);
    write_capture(folder / "cut.jsonl", cut(read_capture(capture_path(name)), 1));
    check(name, folder / "cut.jsonl");
  }
}

TEST_CASE("every capture means the same in one piece a direction") {
  const ScratchFolder folder;
  for (const std::string& name : capture_names()) {
    INFO(name);
    write_capture(folder / "whole.jsonl", in_one_piece(read_capture(capture_path(name))));
    check(name, folder / "whole.jsonl");
  }
}

TEST_CASE("a program's own connection and the call records beside it are one call, not two") {
  const ScratchFolder folder;
  const std::string db = (folder / "calls.db").string();
  for (const char* name : {"uas-normal", "uac-prack", "uas-challenge", "uac-cancel-glare"}) {
    INFO(name);
    const Ran app = run("dialog-recorder",
                        {"import", "--db", db, capture_path(name + std::string{".app"}).string()});
    REQUIRE(app.status == 0);
    const Ran cdr = run("dialog-recorder",
                        {"import", "--db", db, capture_path(name + std::string{".cdr"}).string()});
    REQUIRE(cdr.status == 0);
    CHECK(cdr.out.find("nothing new") != std::string::npos);
  }
}

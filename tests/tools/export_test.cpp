// These tests are users of dialog-replay export. tshark_test.sh and page_test.sh read what it
// writes.
#include "catch.hpp"
#include "record/frames.hpp"
#include "tools/replayed.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

using namespace drachtio;
using namespace drachtio::test;

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// Calls is a log of a call with a digest answer, and of one without a secret.
class Calls {
 public:
  Calls() {
    auto ledger = open_ledger(path());
    ledger.frame(from_server(sip_frame(invite_text(
        "secret@x", "Authorization: Digest username=\"ann\", response=\"5ecre7\"\r\n"))));
    ledger.frame(from_server(sip_frame(invite_text("plain@x"), {}, "12:00:01.000000")));
    ledger.commit();
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "calls.db"; }
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] Ran exported(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"export", "--db", path().string()});
    return run("dialog-replay", arguments);
  }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{path().parent_path()}) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with("calls.db")) names.push_back(name);
    }
    return names;
  }

 private:
  ScratchFolder folder_;
};

// Homer is a UDP socket, as a Homer has one.
class Homer {
 public:
  Homer() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    socklen_t size = sizeof address_;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  ~Homer() { close(); }
  Homer(const Homer&) = delete;
  Homer& operator=(const Homer&) = delete;
  Homer(Homer&&) = delete;
  Homer& operator=(Homer&&) = delete;

  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  [[nodiscard]] std::string name() const {
    return "127.0.0.1:" + std::to_string(ntohs(address_.sin_port));
  }
  // Returns the packets that have come and were not taken yet.
  std::vector<std::string> received() {
    std::vector<std::string> packets;
    std::string bytes(65536, '\0');
    for (ssize_t size = 0;
         (size = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0;) {
      packets.push_back(bytes.substr(0, static_cast<std::size_t>(size)));
    }
    return packets;
  }

 private:
  int socket_;
  sockaddr_in address_{};
};

}  // namespace

TEST_CASE("export writes a call in each form that is asked for, and says what it wrote") {
  const Calls calls;
  const Ran ran = calls.exported({"plain@x", "--pcap", calls / "c.pcap", "--html", calls / "c.html",
                                  "--svg", calls / "c.svg", "--text", calls / "c.txt"});
  CHECK(ran.status == 0);
  CHECK(ran.out.empty());
  CHECK(has(ran.err, "c.pcap: 1 call, 1 message\n"));
  CHECK(read(calls / "c.pcap").starts_with("\xD4\xC3\xB2\xA1"));
  CHECK(read(calls / "c.html").starts_with("<!DOCTYPE html>"));
  CHECK(read(calls / "c.svg").starts_with("<?xml"));
  CHECK(read(calls / "c.txt").starts_with("Call plain@x on pbx"));
  for (const char* file : {"c.pcap", "c.html", "c.svg", "c.txt"}) {
    CHECK(has(read(calls / file), "plain@x"));
    CHECK_FALSE(has(read(calls / file), "secret@x"));
  }
}

TEST_CASE("export masks secrets in all forms, unless they are asked for") {
  const Calls calls;
  for (const char* form : {"--pcap", "--html", "--text"}) {
    CAPTURE(form);
    CHECK_FALSE(has(calls.exported({"secret@x", form, "-"}).out, "5ecre7"));
  }
  // A short secret could be guessed, and tried against the hash of its message.
  CHECK(has(calls.exported({"secret@x", "--html", "-"}).out, "hashes are left out"));
  CHECK_FALSE(has(calls.exported({"plain@x", "--html", "-"}).out, "hashes are left out"));
  const Ran open = calls.exported({"secret@x", "--html", "-", "--secrets"});
  CHECK(has(open.out, "5ecre7"));
  CHECK_FALSE(has(open.out, "hashes are left out"));
  CHECK_FALSE(has(open.err, "masked"));
  CHECK(has(calls.exported({"secret@x", "--pcap", "-", "--secrets"}).out, "5ecre7"));
}

TEST_CASE("export takes several calls, or those that are selected") {
  const Calls calls;
  const auto has_both = [](const std::string& text) {
    return has(text, "secret@x") && has(text, "plain@x");
  };
  CHECK(has_both(calls.exported({"secret@x", "plain@x", "--text", "-"}).out));
  CHECK(has_both(calls.exported({"--text", "-"}).out));
  CHECK(has_both(calls.exported({"--caller", "an*", "--html", "-"}).out));
  CHECK(lines(calls.exported({"--limit", "1", "--text", "-"}).out) <
        lines(calls.exported({"--text", "-"}).out));
  CHECK(lines(calls.exported({"plain@x", "plain@x", "--text", "-"}).out) ==
        lines(calls.exported({"plain@x", "--text", "-"}).out));
}

TEST_CASE("export writes nothing where there is nothing to write") {
  const Calls calls;
  const Ran none = calls.exported({"--caller", "nobody", "--html", calls / "c.html"});
  CHECK(none.status == 1);
  CHECK(none.err == "no call is selected: nothing was written\n");
  CHECK(calls.exported({"nobody@x", "plain@x", "--html", calls / "c.html"}).status == 1);
  CHECK(calls.files().empty());
}

TEST_CASE("export replaces a file once all is written, and never the log") {
  const Calls calls;
  std::ofstream{calls / "c.html"} << "old";
  CHECK(calls.exported({"nobody@x", "--html", calls / "c.html"}).status == 1);
  CHECK(read(calls / "c.html") == "old");
  CHECK(calls.exported({"plain@x", "--html", calls / "c.html"}).status == 0);
  CHECK(has(read(calls / "c.html"), "plain@x"));
  CHECK(calls.files().size() == 1);

  std::filesystem::create_symlink(calls.path(), calls / "link");
  for (const std::string& file : {calls / "calls.db", calls / "link"}) {
    const Ran refused = calls.exported({"plain@x", "--pcap", file});
    CHECK(refused.status == 3);
    CHECK(has(refused.err, "it is the log, or belongs to it"));
  }
  CHECK(run("dialog-replay", {"verify", "--db", calls.path().string()}).status == 0);
}

TEST_CASE("export replaces what a link leads to, and not the link") {
  const Calls calls;
  std::ofstream{calls / "real.html"} << "old";
  std::filesystem::create_symlink(calls / "real.html", calls / "link.html");
  CHECK(calls.exported({"plain@x", "--html", calls / "link.html"}).status == 0);
  CHECK(std::filesystem::is_symlink(calls / "link.html"));
  CHECK(has(read(calls / "real.html"), "plain@x"));
}

TEST_CASE("export puts packets in order of their times, whatever the order of the names") {
  const Calls calls;
  const Ran ran = calls.exported({"plain@x", "secret@x", "--pcap", "-"});
  CHECK(ran.out.find("secret@x") < ran.out.find("plain@x"));
}

TEST_CASE("export --related has each message once, in the first call that it belongs to") {
  const ScratchFolder folder;
  {
    auto ledger = open_ledger(folder / "calls.db");
    ledger.frame(from_server(sip_frame(invite_text("one@x"))));
    ledger.frame(from_server(sip_frame(invite_text("two@x", "X-Call-ID: one@x\r\n"))));
    ledger.frame(from_server(sip_frame(invite_text("three@x", "X-Call-ID: two@x\r\n"))));
    ledger.commit();
  }
  const Ran ran = run("dialog-replay", {"export", "--db", (folder / "calls.db").string(),
                                        "--related", "--html", "-"});
  CHECK(has(ran.err, "1 call, 3 messages"));
}

TEST_CASE("export stops where it is interrupted, and says how much was sent") {
  const Calls calls;
  Homer homer;
  const int pid = start("dialog-replay",
                        {"export", "--db", calls.path().string(), "--hep", homer.name(),
                         "--hep-rate", "1", "--html", calls / "c.html"},
                        calls / "told");
  std::size_t packets = 0;
  REQUIRE(comes_true([&] { return (packets += homer.received().size()) == 1; }));
  ::kill(pid, SIGINT);
  CHECK(wait_for(pid) == 1);
  CHECK_FALSE(std::filesystem::exists(calls / "c.html"));
}

TEST_CASE("export says what it cannot write") {
  const Calls calls;
  const Ran folder = calls.exported({"plain@x", "--html", calls / ""});
  CHECK(folder.status == 3);
  CHECK(has(folder.err, "Is a directory"));
  const Ran missing = calls.exported({"plain@x", "--html", calls / "no/such.html"});
  CHECK(missing.status == 3);
  CHECK(has(missing.err, "no/such.html: No such file or directory"));
  const Ran full = calls.exported({"plain@x", "--html", "/dev/full"});
  CHECK(full.status == 3);
  CHECK(has(full.err, "cannot write /dev/full: No space left on device"));
  const Ran packets = calls.exported({"plain@x", "--pcap", "/dev/full"});
  CHECK(packets.status == 3);
  CHECK(has(packets.err, "cannot write /dev/full: No space left on device"));
}

TEST_CASE("export says how it is to be asked") {
  const Calls calls;
  CHECK(calls.exported({"plain@x"}).status == 2);
  const Ran both = calls.exported({"plain@x", "--html", "-", "--role", "uas"});
  CHECK(both.status == 2);
  CHECK(has(both.err, "--role: calls are either named or selected, not both"));
  CHECK(calls.exported({"", "--html", "-"}).status == 2);
  CHECK(calls.exported({"plain@x", "--html", ""}).status == 2);
  CHECK(calls.exported({"plain@x", "--hep", "host:x"}).status == 2);
  CHECK(calls.exported({"plain@x", "--hep", "host", "--hep-rate", "0"}).status == 2);
  const Ran twice = calls.exported({"plain@x", "--html", calls / "x", "--svg", calls / "./x"});
  CHECK(twice.status == 2);
  CHECK(has(twice.err, "two forms cannot be written to one file"));
  CHECK(calls.exported({"plain@x", "--html", "-", "--text", "-"}).status == 2);
  CHECK(calls.files().empty());
}

namespace {

// Imports captures, exports all calls as a capture, imports that, and compares what is listed.
void check_round_trip(const std::vector<std::string>& captures) {
  const ScratchFolder folder;
  const auto listed = [&](const std::string& name, const std::vector<std::string>& files) {
    const std::string db = (folder / name).string();
    std::vector<std::string> arguments{"import", "--db", db, "--server", "pbx"};
    arguments.insert(arguments.end(), files.begin(), files.end());
    run("dialog-recorder", arguments);
    return run("dialog-replay", {"list", "--db", db, "--json"}).out;
  };
  const std::string before = listed("before.db", captures);
  const std::string capture = (folder / "calls.jsonl").string();
  const Ran ran = run("dialog-replay", {"export", "--db", (folder / "before.db").string(),
                                        "--secrets", "--capture", capture});
  CHECK(ran.status == 0);
  CHECK_FALSE(before.empty());
  CHECK(listed("after.db", {capture}) == before);
}

}  // namespace

TEST_CASE("export --capture: an import makes the same calls of it as of the captures before") {
  for (const char* kind : {".app", ".cdr"}) {
    std::vector<std::string> captures;
    for (const std::string& name : capture_names()) {
      if (name.ends_with(kind)) captures.push_back(capture_path(name).string());
    }
    check_round_trip(captures);
  }
}

TEST_CASE("export --capture: an import makes the same calls of rough traffic") {
  for (const auto& entry : std::filesystem::directory_iterator{DRACHTIO_TEST_CASES}) {
    CAPTURE(entry.path().filename().string());
    check_round_trip({entry.path().string()});
  }
}

TEST_CASE("export sends each message to a Homer") {
  const Calls calls;
  Homer homer;
  const Ran ran = calls.exported({"--hep", homer.name()});
  CHECK(ran.status == 0);
  CHECK(has(ran.err, "sent to " + homer.name() + ": 2 calls, 2 messages"));
  const auto packets = homer.received();
  REQUIRE(packets.size() == 2);
  CHECK(has(packets.front(), "secret@x"));  // in order of time
  CHECK_FALSE(has(packets.front(), "5ecre7"));
  CHECK(packets.back().starts_with("HEP3"));

  homer.close();
  const Ran refused = calls.exported({"--hep", homer.name()});
  CHECK(refused.status == 3);
  CHECK(has(refused.err, "cannot send to " + homer.name() + ": Connection refused"));
  CHECK(calls.exported({"plain@x", "--hep", homer.name()}).status == 3);  // the only packet
  const Ran unknown = calls.exported({"plain@x", "--hep", "nobody.invalid"});
  CHECK(unknown.status == 3);
  CHECK(has(unknown.err, "cannot find nobody.invalid:9060: "));
}

TEST_CASE("export shows what stands for an end that has no address") {
  const ScratchFolder folder;
  {
    auto ledger = open_ledger(folder / "calls.db");
    ledger.frame(from_server(attempt_frame(invite_text("c@x"))));
    ledger.commit();
  }
  const Ran ran =
      run("dialog-replay", {"export", "--db", (folder / "calls.db").string(), "--pcap", "-"});
  CHECK(ran.status == 0);
  CHECK(has(ran.err, "192.0.2.1 stands for example.com"));
}

// Each rule of queries/leg_problem.sql is shown by a leg that it names and the nearest one that it
// does not.
#include "projection/problems.hpp"

#include "catch.hpp"
#include "sample_log.hpp"
#include "scratch_folder.hpp"

using namespace drachtio;
using namespace drachtio::test;

namespace {

using Names = std::vector<std::string>;

const std::string pcmu = "v=0\r\nm=audio 7000 RTP/AVP 0\r\n";
const std::string pcma = "v=0\r\nm=audio 7000 RTP/AVP 8\r\n";

Event event(EventType type, std::int64_t dialog, std::int64_t second, const std::string& method,
            int status = 0, Direction direction = Direction::in) {
  Event event;
  event.type = type;
  event.dialog = dialog;
  event.occurred_at = at_second(second);
  event.method = method;
  event.cseq = 1;
  event.status = status;
  event.direction = direction;
  event.from_tag = "caller-tag";
  if (status != 0) event.to_tag = "callee-tag";
  return event;
}

// CallsWithProblems is a log of calls that begin with an INVITE, whose SDP has PCMU.
class CallsWithProblems {
 public:
  std::int64_t invite(std::int64_t second = 0) {
    return sample_.call("call-" + std::to_string(second) + "@x", second, 1);
  }
  void append(const Event& event) { sample_.append(event); }
  void answer(std::int64_t dialog, std::int64_t second, const std::string& sdp = pcmu) {
    Event answered = event(EventType::answered, dialog, second, "INVITE", 200, Direction::out);
    if (!sdp.empty()) answered.sdp = Sdp{sdp, "application/sdp"};
    append(answered);
    append(event(EventType::confirmed, dialog, second, "ACK"));
  }
  void end(std::int64_t dialog, std::int64_t second, Cause cause = Cause::far_end_release) {
    Event bye = event(EventType::terminated, dialog, second, "BYE");
    bye.cause = cause;
    append(bye);
  }
  void reject(std::int64_t dialog, int status) {
    Event refused = event(EventType::rejected, dialog, 1, "INVITE", status, Direction::out);
    refused.cause = Cause::rejected;
    append(refused);
  }
  // Returns the problems of all calls together.
  [[nodiscard]] Names problems() const { return problems({}); }
  [[nodiscard]] Names problems(const projection::Selection& selection) const {
    log::Reader reader{folder_ / "calls.db"};
    projection::ProblemFinder rules{reader, projection::slow_setup(reader, selection)};
    Names names;
    projection::each_dialog(reader, selection, [&](const dialog::Dialog& leg) {
      for (const std::string& name : rules.of(leg)) {
        CHECK(std::ranges::find(projection::problems, name) != projection::problems.end());
        names.push_back(name);
      }
    });
    return names;
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "calls.db"; }

 private:
  ScratchFolder folder_;
  SampleLog sample_{folder_ / "calls.db"};
};

}  // namespace

TEST_CASE("Problems: a call that was answered in time, and talked, has none") {
  CallsWithProblems calls;
  const std::int64_t call = calls.invite();
  calls.answer(call, 8);
  CHECK(calls.problems().empty());
  calls.end(call, 15);
  CHECK(calls.problems().empty());
}

TEST_CASE("Problems: slow is what took longer than 8 s") {
  CallsWithProblems calls;
  calls.answer(calls.invite(), 9);
  CHECK(calls.problems() == Names{"slow-setup"});
}

TEST_CASE("Problems: slow is what took longer than 95 of 100 calls of the span") {
  CallsWithProblems calls;
  for (int i = 1; i <= 20; ++i) {
    const std::int64_t start = std::int64_t{100} * i;
    calls.answer(calls.invite(start), start + (i == 20 ? 3 : 2));
  }
  CHECK(calls.problems() == Names{"slow-setup"});
  projection::Selection the_last;
  the_last.since = at_second(1950);
  CHECK(calls.problems(the_last).empty());  // in that span it is as quick as any
}

TEST_CASE("Problems: short is what was answered and over within 6 s") {
  CallsWithProblems calls;
  const std::int64_t call = calls.invite();
  calls.answer(call, 1);
  const bool is_short = GENERATE(true, false);
  calls.end(call, is_short ? 7 : 8);
  CHECK(calls.problems() == (is_short ? Names{"short-call"} : Names{}));
}

TEST_CASE("Problems: the server ended it, or nobody knows how it ended") {
  const Cause cause =
      GENERATE(Cause::ack_timeout, Cause::session_expired, Cause::server_release, Cause::lost);
  CallsWithProblems calls;
  const std::int64_t call = calls.invite();
  calls.answer(call, 1);
  calls.end(call, 60, cause);
  CHECK(calls.problems() == Names{std::string{to_string(cause)}});
}

TEST_CASE("Problems: nobody was there, or a server failed - to be busy is none") {
  const auto& [status, names] = GENERATE(table<int, Names>({{408, {"no-answer"}},
                                                            {480, {"no-answer"}},
                                                            {500, {"server-failure"}},
                                                            {503, {"server-failure"}},
                                                            {486, {}},
                                                            {404, {}},
                                                            {603, {}}}));
  CallsWithProblems calls;
  calls.reject(calls.invite(), status);
  CHECK(calls.problems() == names);
}

TEST_CASE("Problems: both sides hung up at once") {
  CallsWithProblems calls;
  const std::int64_t call = calls.invite();
  calls.answer(call, 1);
  calls.end(call, 60);
  CHECK(calls.problems().empty());
  calls.append(event(EventType::requested, call, 60, "BYE", 0, Direction::out));
  CHECK(calls.problems() == Names{"both-hung-up"});
}

TEST_CASE("Problems: our BYE that ended one early dialog did not hang up (RFC 3261 15)") {
  CallsWithProblems calls;
  const std::int64_t call = calls.invite();
  Event of_fork = event(EventType::requested, call, 1, "BYE", 0, Direction::out);
  of_fork.to_tag = "other-fork";
  calls.append(of_fork);
  calls.answer(call, 1);
  calls.end(call, 60);
  CHECK(calls.problems().empty());
}

TEST_CASE("Problems: it ended on hold") {
  CallsWithProblems calls;
  const std::int64_t call = calls.invite();
  calls.answer(call, 1);
  Event offer = event(EventType::offered, call, 29, "INVITE");
  offer.cseq = 2;
  offer.sdp = Sdp{pcmu, "application/sdp"};
  calls.append(offer);
  Event held = event(EventType::modified, call, 30, "INVITE", 200, Direction::out);
  held.cseq = 2;
  held.hold = Hold::remote;
  calls.append(held);
  CHECK(calls.problems().empty());
  calls.end(call, 60);
  CHECK(calls.problems() == Names{"on-hold-at-end"});
}

TEST_CASE("Problems: it was answered without a session, or with no codec in common") {
  const std::string sdp = GENERATE(std::string{}, pcma);
  CallsWithProblems calls;
  calls.answer(calls.invite(), 1, sdp);
  CHECK(calls.problems() == Names{"no-common-codec"});
}

TEST_CASE("Problems: a re-INVITE was refused, for another reason than the moment") {
  const int status = GENERATE(488, 500, 408, 491, 401);
  CallsWithProblems calls;
  const std::int64_t call = calls.invite();
  calls.answer(call, 1);
  Event refused = event(EventType::responded, call, 30, "INVITE", status);
  refused.cseq = 2;
  calls.append(refused);
  const bool is_problem = status != 491 && status != 401;
  CHECK(calls.problems() == (is_problem ? Names{"re-invite-refused"} : Names{}));
}

TEST_CASE("Problems: legs are selected by having one, and counted after that") {
  CallsWithProblems calls;
  for (const std::int64_t start : {100, 200, 300, 400}) {
    const std::int64_t call = calls.invite(start);
    if (start == 200 || start == 300) {
      calls.reject(call, 480);
    } else {
      calls.answer(call, start + 1);
    }
  }
  log::Reader reader{calls.path()};
  const auto selected = [&](auto set) {
    projection::Selection selection;
    selection.problems = true;
    set(selection);
    Names ids;
    projection::each_dialog(reader, selection,
                            [&](const dialog::Dialog& leg) { ids.push_back(leg.call_id); });
    return ids;
  };
  CHECK(selected([](auto&) {}) == Names{"call-200@x", "call-300@x"});
  CHECK(selected([](auto& s) { s.limit = 1; }) == Names{"call-200@x"});
  CHECK(selected([](auto& s) { s.last = 1; }) == Names{"call-300@x"});
  CHECK(selected([](auto& s) { s.active = true; }).empty());
}

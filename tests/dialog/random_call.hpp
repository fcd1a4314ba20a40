// A call made up at random, as RFC 3261, 3262, 3264 and 3311 allow it: forks, reliable answers,
// offers in every message that may hold one, refusals, glare, CANCEL, BYE at any time, retries.
//
// Each message is one that its sender may send then; what is picked is picked with pick(), so that
// a call that fails a property becomes the shortest that does.
#pragma once

#include "dialog/said.hpp"

#include <drachtio/dialog_state.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace drachtio::test {

class RandomCall {
 public:
  // Our side is called, or calls. `heard` is told each message, in order.
  RandomCall(Role role, std::function<void(const Said&)> heard)
      : role_(role), heard_(std::move(heard)) {}
  void run();

 private:
  // What one side describes of its streams; the same again where nothing has changed.
  struct Described {
    std::vector<std::string> streams;
    int version = 0;
  };

  bool set_up();
  bool is_given_up();
  bool early(const std::string& tag);
  static Side any_side();
  void say(const Said& said) { heard_(said); }
  void talk();
  void end();
  void hang_up(Side side, const std::string& tag);
  void hang_up_early();
  void negotiate(const std::string& method, const std::string& tag);
  void reinvite_without_offer(const std::string& tag);
  void reinvite_answered_early(const std::string& tag);
  void reinvite_cancelled(const std::string& tag);
  void another_fork_answers();
  void glare(const std::string& tag);
  Said in_dialog(Side side, const std::string& method, const std::string& tag,
                 const std::string& body = {});
  void acknowledge_reliably(const Said& progress, const std::string& tag, const std::string& body);
  void offer_in_prack(const Said& progress, const std::string& tag);
  void take_back(Side side, const Described& before);
  std::string offer(Side side);
  std::string answer_to(Side side, const std::string& offer);
  std::string written(Side side, const std::vector<std::string>& streams);
  Described& of(Side side) { return side == caller ? caller_ : callee_; }
  std::uint32_t& cseq(Side side) { return side == caller ? caller_cseq_ : callee_cseq_; }

  Role role_;
  std::function<void(const Said&)> heard_;
  Described caller_;
  Described callee_;
  std::uint32_t caller_cseq_ = 0;
  std::uint32_t callee_cseq_ = 0;
  int rseq_ = 0;
  std::vector<std::string> ringing_;   // the tags of the early dialogs
  std::string unacknowledged_answer_;  // of the fork "a"
  Said invite_;
  std::map<std::string, std::vector<std::string>> offered_;  // the streams of each description
};

}  // namespace drachtio::test

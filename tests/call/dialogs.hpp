// This file makes dialogs as the tables of call's rules need them.
#pragma once

#include "dialog/dialog.hpp"

namespace drachtio::test {

inline dialog::Dialog call_in(State state) {
  dialog::Dialog dialog;
  dialog.role = Role::uas;
  dialog.state = state;
  dialog.invite.transaction_id = "t1";
  return dialog;
}

inline dialog::Dialog call_out(State state) {
  dialog::Dialog dialog = call_in(state);
  dialog.role = Role::uac;
  return dialog;
}

inline dialog::Dialog answered(dialog::Dialog dialog) {
  dialog.times.connect_time = Instant{std::chrono::seconds{1}};
  return dialog;
}

// The INVITE has no offer, so that the answer makes it.
inline dialog::Dialog with_late_offer(dialog::Dialog dialog) {
  dialog.late_offer = true;
  return dialog;
}

// Both sides have described themselves.
inline dialog::Dialog described(dialog::Dialog dialog) {
  dialog.local.sdp = "v=0\r\n";
  dialog.remote.sdp = "v=0\r\n";
  return dialog;
}

}  // namespace drachtio::test

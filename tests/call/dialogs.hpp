// This file makes dialogs as the tables of call's rules need them.
#pragma once

#include <drachtio/dialog_state.hpp>

namespace drachtio::test {

inline DialogState call_in(State state) {
  DialogState dialog;
  dialog.role = Role::uas;
  dialog.state = state;
  dialog.invite.transaction_id = "t1";
  return dialog;
}

inline DialogState call_out(State state) {
  DialogState dialog = call_in(state);
  dialog.role = Role::uac;
  return dialog;
}

inline DialogState answered(DialogState dialog) {
  dialog.times.connect_time = Instant{std::chrono::seconds{1}};
  return dialog;
}

// The INVITE has no offer, so that the answer makes it.
inline DialogState with_late_offer(DialogState dialog) {
  dialog.late_offer = true;
  return dialog;
}

// Both sides have described themselves.
inline DialogState described(DialogState dialog) {
  dialog.local.sdp = "v=0\r\n";
  dialog.remote.sdp = "v=0\r\n";
  return dialog;
}

}  // namespace drachtio::test

#include <drachtio/signals.hpp>

#include <cstdio>

namespace drachtio {

namespace {

bool creates(const Event& event) {
  return event.type == EventType::confirmed ||
         (event.type == EventType::answered && event.from_call_record);
}

bool was_a_dialog(const DialogState& dialog) {
  return dialog.times.connect_time.has_value() || dialog.inferred || dialog.was_early;
}

DialogEvent told_of(const Event& event, const SipDialog& handle, const SipMessage* ended_by) {
  DialogEvent told{
      event,          handle,  handle.session(), {}, handle ? handle.snapshot() : nullptr,
      event.position, ended_by};
  if (told.state && told.state->reason) told.reason = *told.state->reason;
  return told;
}

}  // namespace

void EachSlot::print(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "drachtio-dialog: a callback threw: %s\n", error.what());
  } catch (...) {
    std::fprintf(stderr, "drachtio-dialog: a callback threw something\n");
  }
}

DialogSignals::DialogSignals(const EachSlot::ErrorHandler& on_error) {
  for (DialogSignal* signal :
       {&on_event_, &on_create_, &on_create_early_, &on_terminate_, &on_failed_}) {
    signal->set_combiner(EachSlot{on_error});
  }
}

bool DialogSignals::empty() const {
  return on_event_.empty() && on_create_.empty() && on_create_early_.empty() &&
         on_terminate_.empty() && on_failed_.empty();
}

void DialogSignals::emit_event(const Event& event, const SipDialog& dialog,
                               const SipMessage* ended_by) const {
  on_event_(told_of(event, dialog, ended_by));
}

void DialogSignals::emit(const Event& event, const SipDialog& dialog,
                         const SipMessage* ended_by) const {
  const DialogEvent told = told_of(event, dialog, ended_by);
  const DialogState* state = told.state.get();
  on_event_(told);
  if (state == nullptr) return;
  if (event.type == EventType::early) on_create_early_(told);
  if (creates(event)) on_create_(told);
  if (state->closed_at == event.position) {
    was_a_dialog(*state) ? on_terminate_(told) : on_failed_(told);
  }
}

}  // namespace drachtio

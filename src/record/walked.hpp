// What the writer tells, once it is on disk: each thing it walked, with the events that made.
#pragma once

#include "record/frame.hpp"

#include <drachtio/event.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace drachtio::record {

// An event, and its dialog as of that event: null for events of no dialog.
struct Told {
  Event event;
  std::shared_ptr<const DialogState> dialog;
};

// An event that is no message: of the dialog of that number, or of none (0).
struct Note {
  std::int64_t dialog = 0;
  Event event;
};

// One thing taken off the writer's queue. All of it is on disk in one transaction.
struct Walked {
  std::vector<Told> events;
  std::optional<Frame> frame;
  std::int64_t dialog = 0;  // that the frame belongs to, also if it made no event
  // What the frame told of the INVITE of a call that was known from its call record, before an
  // event has it: its dialog, with drachtio's transactionId.
  std::shared_ptr<const DialogState> learnt;
  // The frame is an INVITE that begins a leg while another branch of it is not over.
  bool another_branch = false;
  std::optional<std::uint64_t> closed;  // the connection that was closed
  std::optional<std::uint64_t> ticket;  // of Writer::append
};

}  // namespace drachtio::record

// The writer tells these, once they are on disk: each thing that it walked, with the events that it
// made of it.
#pragma once

#include "dialog/dialog.hpp"
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
  std::shared_ptr<const dialog::Dialog> dialog;
};

// An event that is no message: of the dialog of that number, or of none (0).
struct Note {
  std::int64_t dialog = 0;
  Event event;
};

// Heard is what a frame told of its dialog, beside the events that it made.
struct Heard {
  std::int64_t dialog = 0;  // that the frame belongs to, also if it made no event; 0: to none
  // The dialog with drachtio's transactionId, which the frame told of the INVITE of a call that was
  // known from its call record; no event has it yet.
  std::shared_ptr<const dialog::Dialog> learnt;
  // The frame is an INVITE that begins a leg while another branch of it is not over.
  bool another_branch = false;
};

// One thing taken off the writer's queue. All of it is on disk in one transaction.
struct Walked {
  std::vector<Told> events;
  std::optional<Frame> frame;
  Heard heard;                          // of the frame
  std::optional<std::uint64_t> closed;  // the connection that was closed
  std::optional<std::uint64_t> ticket;  // of Writer::append
};

}  // namespace drachtio::record

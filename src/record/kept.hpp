// A Kept is a log as a ledger uses it: the store that writes it, and what reads it meanwhile over a
// connection of its own.
#pragma once

#include "record/recall.hpp"
#include "record/store.hpp"

#include <utility>

namespace drachtio::record {

// The store may be at work on one thread while another reads. The constructor throws log::Error.
struct Kept {
  explicit Kept(log::EventLog log) : store(std::move(log)), recall(store.log().path()) {}

  Store store;
  Recall recall;
};

}  // namespace drachtio::record

// A program against the installed library: how many calls does a log hold?
#include <drachtio/subscription.hpp>

#include <iostream>

int main(int argc, char** argv) {
  drachtio::DialogSignals signals;
  int calls = 0;
  signals.on_create().connect([&](const drachtio::DialogEvent&) { ++calls; });
  drachtio::Subscription{argc > 1 ? argv[1] : "calls.db", signals}.deliver();
  std::cout << calls << " calls\n";
}

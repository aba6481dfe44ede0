// What each kind of toxic does with a parcel: the table that a Pipeline looks into.
#pragma once

#include <string_view>

#include "experiment/proxy/pipeline.h"

namespace culprit {

// One parcel on its way through one stage.
struct Passing {
  Pipeline& pipeline;
  std::size_t index;  // of the stage
  Stage& stage;
  Direction stream;
  const ConnectionPlace& around;

  const Toxic& toxic() const { return stage.shared->toxic; }
  double number(std::string_view attribute) const { return toxic().number(attribute); }
  Duration milliseconds(std::string_view attribute) const;
  // Throws for that place of the connection; the same for the same seed.
  Dice dice(std::uint64_t sequence) const;
  // On to the next stage at parcel.at, or kept until `due`, in the order of coming.
  void on(Parcel parcel) const;
  void hold(Parcel parcel, Time due) const;
  void hold_for_round(Parcel parcel, Time due) const;
  void tell(const Parcel& parcel, std::string_view what, double amount) const;
  // Ends the connection with what was sent so far.
  void end(Time now, Parcel::Kind kind) const;
};

struct ToxicAction {
  std::string_view type;
  void (*begin)(Stage& stage, Time now);  // may set an alarm; null: nothing
  void (*pass)(const Passing& passing, Parcel parcel);
  void (*ring)(const Passing& passing, Time now);  // at the alarm
};

const ToxicAction& action_of(std::string_view type);

// Whether the toxic means this parcel: its message was chosen, and drawn where that is asked.
bool applies(const Passing& passing, const Parcel& parcel);

// Those that look at messages (toxics_of_messages.cpp).
void answer_or_replace(const Passing& passing, Parcel parcel);
void delay_message(const Passing& passing, Parcel parcel);
void change_header(const Passing& passing, Parcel parcel);
void truncate_body(const Passing& passing, Parcel parcel);
void meet_at_barrier(const Passing& passing, Parcel parcel);
void send_twice(const Passing& passing, Parcel parcel);
void let_next_go_first(const Passing& passing, Parcel parcel);

}  // namespace culprit

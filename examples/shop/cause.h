// A Cause is the planted segment: conditions on fields that a request must all meet. It is also
// told in the words of the logs: as an expression, and with the fields that are equivalent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "population.h"

namespace shop {

enum class Field {
  region,
  zone,
  host,
  country,
  plan,
  app,
  provider,
  route,
  new_checkout,
  cart_size,
  version
};

// `value` is the index in the field's table; for cart_size the number that must be exceeded, for
// version 1 for the release that brings the incident.
struct Condition {
  Field field;
  int value;
};

using Cause = std::vector<Condition>;

struct Release {
  std::string version;
  std::string commit;  // short
};

enum class Version { before, released };

bool meets(const Cause& cause, const Request& request, Version version,
           const Population& population);

// The names under which the gateway logs the condition.
struct Term {
  std::string field;
  std::string_view op;
  std::string value;
};

Term term_of(const Condition& condition, const Population& population, const Release& release);
// The terms that hold for exactly the same requests as one of the cause's.
std::vector<Term> aliases_of(const Cause& cause, const Release& release);
// `plan = pro and region = eu-west`, sorted by field.
std::string where_text(const Cause& cause, const Population& population, const Release& release);

}  // namespace shop

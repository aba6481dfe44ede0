// A ProxyPlan is one proxy with its toxics as a value: what the API shows and a journal begins
// with.
#pragma once

#include <string>
#include <vector>

#include "experiment/proxy/toxic.h"

namespace culprit {

struct ProxyPlan {
  std::string name;
  std::string listen;  // with its port, once it listens
  std::string upstream;
  bool enabled = true;  // as the API says; otherwise nothing listens
  std::vector<Toxic> toxics;
};

}  // namespace culprit

// Services are recognised by name: in deploys, in logs, and as folders of a shared repository.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contrast/suspects.h"

namespace culprit {

using ServiceNames = std::vector<std::string>;

// Whether a field of this name says which service it was: "service.name", "app"; "client.app", who
// asked, does not.
bool names_service(std::string_view field);

// "payments" and "payments-api": a word in common that is not one like "service" or "api".
bool same_service(std::string_view a, std::string_view b);

// Whether a text says the service's name, as a word of its own.
bool speaks_of(std::string_view text, std::string_view service);

// Every service that the changes and the evidence name, sorted.
ServiceNames service_names(const std::vector<Change>& changes, const ChangeEvidence& evidence);

// Whether a commit changed a file in a folder named after the service.
bool touches_service(const CommitText& commit, std::string_view service);

// Whether all files that it changed lie in folders named after the service.
bool lies_in_service(const CommitText& commit, std::string_view service);

// Whether all it changed lies in folders of other services, so that a deploy of this one brought
// it in name only.
bool is_foreign(const CommitText& commit, std::string_view service, const ServiceNames& services);

}  // namespace culprit

#pragma once
// What one look at a run heard from the forge: of each thing whether it was asked for, whether it could be read, and
// the answer. What cannot be read is never taken for absent.

#include <afk/core/forge_evidence.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace afk {

enum class ForgeReach : std::uint8_t { not_needed, known, unreachable };

template <typename Value>
struct Seen {
  ForgeReach reach = ForgeReach::not_needed;
  std::string problem; // why it could not be read
  Value value = {};
};

struct DeploymentSeen {
  DeploymentEvidence evidence;
  // Whether the revision that it names contains what the run landed, by Git's word; one that names none contains
  // nothing.
  enum class Contains : std::uint8_t { no, yes } landed_head = Contains::no;
};

struct ForgeObservation {
  Seen<std::optional<PullRequestEvidence>> pull_request;
  Seen<HeadChecks> head;        // of the published head
  Seen<HeadChecks> merge_base;  // asked only where that one is red
  Seen<HeadChecks> base_head;   // likewise, and under landing = push where the base has moved on
  Seen<HeadChecks> test_commit; // of the run's commit that touches nothing but tests
  Seen<DeploymentSeen> deployment;
};

} // namespace afk

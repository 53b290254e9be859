#include "apps/camherd/http/census.hpp"

#include <tuple>

namespace camherd::http {

census::admission census::admit(const std::string& group) {
  const auto mine = per_group_.find(group);
  const bool group_full = mine != per_group_.end() && mine->second >= most_per_peer_;
  admission outcome;
  if (group_full || members_.size() >= most_) {
    outcome.leaving = spare(group_full ? &group : nullptr);
    if (!outcome.leaving) return outcome;
    remove(*outcome.leaving);
  }
  const auto now = ++step_;
  members_.emplace(now, member{group, occupation::unfinished, now});
  ++per_group_[group];
  outcome.newcomer = now;
  return outcome;
}

void census::set(id connection, occupation what) {
  const auto found = members_.find(connection);
  if (found == members_.end() || found->second.doing == what) return;
  found->second.doing = what;
  found->second.since = ++step_;
}

void census::remove(id connection) {
  const auto found = members_.find(connection);
  if (found == members_.end()) return;
  const auto group = per_group_.find(found->second.group);
  if (--group->second == 0) per_group_.erase(group);
  members_.erase(found);
}

std::optional<census::id> census::spare(const std::string* group) const {
  std::optional<id> chosen;
  const member* best = nullptr;
  for (const auto& [number, candidate] : members_) {
    if (candidate.doing == occupation::busy) continue;
    if (group != nullptr && candidate.group != *group) continue;
    if (best == nullptr ||
        std::tie(candidate.doing, candidate.since) < std::tie(best->doing, best->since)) {
      best = &candidate;
      chosen = number;
    }
  }
  return chosen;
}

}  // namespace camherd::http
